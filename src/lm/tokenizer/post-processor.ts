import { type Settings, settingsList, settingsOf, UnsupportedTokenizer, unknownKind } from './shared/definition.js';

/** Puts special tokens around a text's ids. */
export type PostProcess = (ids: readonly number[]) => readonly number[];

export function createPostProcessor(settings: Settings): PostProcess {
  switch (settings.type) {
    case 'Sequence': {
      const steps = settingsList(settings.processors).map(createPostProcessor);
      return (ids) => steps.reduce((result, step) => step(result), ids);
    }
    case 'ByteLevel':
      // It moves offsets only.
      return (ids) => ids;
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const first = pairId(settings.cls);
      const last = pairId(settings.sep);
      return (ids) => [first, ...ids, last];
    }
    case 'TemplateProcessing':
      return templateProcessor(settings);
    default:
      throw unknownKind('post-processor', settings);
  }
}

function pairId(pair: unknown): number {
  if (Array.isArray(pair) && typeof pair[1] === 'number') return pair[1];
  throw new UnsupportedTokenizer('a post-processor lacks its special tokens');
}

function templateProcessor(settings: Settings): PostProcess {
  const special = settingsOf(settings.special_tokens) ?? {};
  const parts = settingsList(settings.single).map((part): readonly number[] | undefined => {
    const token = settingsOf(part.SpecialToken);
    if (!token) return undefined;
    const ids = settingsOf(special[String(token.id)])?.ids;
    if (Array.isArray(ids)) return ids as number[];
    throw new UnsupportedTokenizer(`the template’s token ${JSON.stringify(token.id)} has no ids`);
  });
  return (ids) => parts.flatMap((part) => part ?? ids);
}
