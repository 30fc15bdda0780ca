import { byteOfCharacter } from './shared/characters.js';
import { flagOf, type Settings, settingsList, settingsOf, textOf, unknownKind } from './shared/definition.js';
import { patternSpans } from './shared/pattern.js';

/** Turns tokens into text. */
export type Decode = (tokens: readonly string[]) => string;

type Step = (tokens: readonly string[]) => string[];

export function createDecoder(definition: Settings): Decode {
  const settings = settingsOf(definition.decoder);
  if (!settings) return (tokens) => tokens.join(' ');
  const step = createStep(settings);
  return (tokens) => step(tokens).join('');
}

function createStep(settings: Settings): Step {
  switch (settings.type) {
    case 'Sequence': {
      const steps = settingsList(settings.decoders).map(createStep);
      return (tokens) => steps.reduce<string[]>((result, step) => step(result), [...tokens]);
    }
    case 'ByteLevel':
      return (tokens) => [new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(tokens))];
    case 'ByteFallback':
      return joinBytes;
    case 'Fuse':
      return (tokens) => [tokens.join('')];
    case 'Metaspace':
      return metaspace(textOf(settings, 'replacement', '▁'), settings.prepend_scheme === 'never');
    case 'Replace': {
      const find = patternSpans(settings.pattern);
      const content = textOf(settings, 'content');
      const replace = (token: string) =>
        find(token)
          .map(({ start, end, isMatch }) => (isMatch ? content : token.slice(start, end)))
          .join('');
      return (tokens) => tokens.map(replace);
    }
    case 'Strip':
      return strip(textOf(settings, 'content'), Number(settings.start ?? 0), Number(settings.stop ?? 0));
    case 'WordPiece':
      return wordPiece(textOf(settings, 'prefix', '##'), flagOf(settings, 'cleanup', true));
    case 'BPEDecoder': {
      const suffix = textOf(settings, 'suffix', '</w>');
      return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? '' : ' '));
    }
    case 'CTC':
      return ctc(settings);
    default:
      throw unknownKind('decoder', settings);
  }
}

/** A token with a character outside the alphabet stands for its own text. */
function bytesOf(tokens: readonly string[]): Uint8Array {
  const bytes: number[] = [];
  for (const token of tokens) {
    const own = Array.from(token, byteOfCharacter);
    if (own.every((byte) => byte !== undefined)) bytes.push(...own);
    else bytes.push(...new TextEncoder().encode(token));
  }
  return Uint8Array.from(bytes);
}

/** Runs of `<0x0A>` as their text; one replacement character for each byte where they are none. */
function joinBytes(tokens: readonly string[]): string[] {
  const result: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      result.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      result.push(...bytes.map(() => '\ufffd'));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    flush();
    result.push(token);
  }
  flush();
  return result;
}

function metaspace(replacement: string, keepsFirst: boolean): Step {
  return (tokens) => tokens.map((token, i) => token.replaceAll(replacement, i === 0 && !keepsFirst ? '' : ' '));
}

function strip(content: string, start: number, stop: number): Step {
  return (tokens) =>
    tokens.map((token) => {
      const characters = [...token];
      let from = 0;
      let to = characters.length;
      while (from < start && characters[from] === content) from++;
      while (characters.length - to < stop && characters[to - 1] === content) to--;
      return characters.slice(from, to).join('');
    });
}

function wordPiece(prefix: string, cleans: boolean): Step {
  return (tokens) =>
    tokens.map((token, i) => {
      const spaced = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? cleanUp(spaced) : spaced;
    });
}

function ctc(settings: Settings): Step {
  const pad = textOf(settings, 'pad_token', '<pad>');
  const delimiter = textOf(settings, 'word_delimiter_token', '|');
  const cleans = flagOf(settings, 'cleanup', true);
  return (tokens) =>
    tokens
      .filter((token, i) => token !== tokens[i - 1])
      .map((token) => token.replaceAll(pad, ''))
      .map((token) => (cleans ? cleanUp(token).replaceAll(delimiter, ' ') : token))
      .filter((token) => token !== '');
}

function cleanUp(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
