import { type Settings, settingsOf, UnsupportedTokenizer } from '../shared/definition.js';

/** A text holds what the vocabulary cannot spell, and there is no token for the unknown. */
export class MissingUnknownToken extends Error {
  constructor(readonly piece: string) {
    super(`no token for ${JSON.stringify(piece)}, and no unknown token`);
  }
}

/** The ids of a vocabulary that is written as `{token: id}`. */
export function vocabularyOf(settings: Settings): Map<string, number> {
  const vocabulary = settingsOf(settings.vocab);
  if (!vocabulary) throw new UnsupportedTokenizer(`the model ${settings.type} has no vocabulary`);
  const tokens = vocabulary as Readonly<Record<string, number>>;
  const ids = new Map<string, number>();
  // A list of pairs would take twice as long: there are up to 250,000 of them.
  for (const token of Object.keys(tokens)) ids.set(token, tokens[token] as number);
  return ids;
}

/** The tokens `<0x00>` … of a character's bytes; undefined where one of them is missing. */
export function byteTokens(text: string, ids: ReadonlyMap<string, number>): string[] | undefined {
  const tokens = [...Buffer.from(text, 'utf8')].map(
    (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  return tokens.every((token) => ids.has(token)) ? tokens : undefined;
}
