import { type AddedToken, AddedTokens } from './added-tokens.js';
import { createModel } from './models/create-model.js';
import { createNormalizer } from './normalizers.js';
import { createPostProcessor } from './post-processor.js';
import { createPreTokenizer } from './pre-tokenizers.js';
import { type Settings, settingsList, settingsOf, UnsupportedTokenizer } from './shared/definition.js';

/** A tokenizer.json at work, with the ids that the Python library gives. */
export interface TokenizerEngine {
  encode(text: string): number[];
  /** Puts the special tokens around them. */
  withSpecial(ids: readonly number[]): readonly number[];
  /** Of the model and the added tokens. */
  readonly ids: ReadonlyMap<string, number>;
  readonly addedTokens: readonly AddedToken[];
}

/** @throws UnsupportedTokenizer where it holds something that would not be read right */
export function createTokenizerEngine(definition: Settings): TokenizerEngine {
  const modelSettings = settingsOf(definition.model);
  if (!modelSettings) throw new UnsupportedTokenizer('it has no model');
  const normalizer = settingsOf(definition.normalizer);
  const preTokenizer = settingsOf(definition.pre_tokenizer);
  const postProcessor = settingsOf(definition.post_processor);
  const model = createModel(modelSettings);
  const normalize = normalizer && createNormalizer(normalizer);
  const preTokenize = preTokenizer && createPreTokenizer(preTokenizer);
  const postProcess = postProcessor && createPostProcessor(postProcessor);
  const addedTokens = readAddedTokens(definition.added_tokens, model.ids);
  const raw = new AddedTokens(addedTokens.flatMap((token) => (token.normalized ? [] : [[token.content, token]])));
  const normalized = new AddedTokens(
    addedTokens.flatMap((token) => (token.normalized ? [[normalize?.(token.content) ?? token.content, token]] : [])),
  );
  const encode = (text: string) => {
    const into: number[] = [];
    for (const section of raw.split(text)) {
      if (section.token) {
        into.push(section.token.id);
        continue;
      }
      const original = text.slice(section.start, section.end);
      const part = normalize ? normalize(original) : original;
      // The library asks where a piece was in the original: where its first character is removed, no piece is the first.
      const [first = ''] = original;
      const isFirst = section.start === 0 && normalize?.(first) !== '';
      for (const { start, end, token } of normalized.split(part)) {
        if (token) {
          into.push(token.id);
          continue;
        }
        const piece = { text: part.slice(start, end), isStart: isFirst && start === 0 };
        if (piece.text === '') continue;
        for (const { text: word } of preTokenize ? preTokenize([piece]) : [piece]) model.encode(word, into);
      }
    }
    return into;
  };
  const ids = new Map(model.ids);
  for (const token of addedTokens) ids.set(token.content, token.id);
  return { encode, withSpecial: (tokens) => postProcess?.(tokens) ?? tokens, ids, addedTokens };
}

/** A token that the model knows keeps the model's id. */
function readAddedTokens(value: unknown, ids: ReadonlyMap<string, number>): AddedToken[] {
  return settingsList(value ?? []).map((settings) => {
    const { content, id } = settings;
    if (typeof content !== 'string' || typeof id !== 'number')
      throw new UnsupportedTokenizer('an added token lacks its content or id');
    const token = settings as Partial<AddedToken>;
    return { ...token, content, id: ids.get(content) ?? id, normalized: token.normalized ?? token.special !== true };
  });
}
