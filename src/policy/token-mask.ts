import { RlpromptError } from '../errors.js';
import { giveWay } from '../give-way.js';
import type { Tokenizer } from '../lm/model/types.js';

export const TOKEN_CHARACTERS = ['words', 'printable', 'ascii', 'all'] as const;
/**
 * Which tokens a prompt may hold. `words`: tokens that begin a word, and punctuation; `printable`: whole characters that can be
 * seen or are a space; `ascii`: space to tilde; `all`: every token but special ones, control characters and parts of characters
 * included.
 */
export type TokenCharacters = (typeof TOKEN_CHARACTERS)[number];

/** Tokens that are looked at in one go, some milliseconds' worth. */
const LOOKED_AT_ONCE = 2048;
/** Far below any logit, yet finite: 0 · −∞ in an entropy would be NaN. */
const FORBIDDEN = -1e9;
/** Control, format, unassigned and private characters, line and paragraph separators, the replacement character. */
const UNPRINTABLE = /[\p{C}\u2028\u2029\uFFFD]/u;
/**
 * A space and a word in one case or with a capital first, but no single consonant; letters of a script without cases, which
 * seldom writes spaces; the end of an English contraction; punctuation of sentences.
 */
const WORD =
  /^(?: (?![b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]$)(?:\p{L}\p{Ll}*|\p{Lu}+)|[ \u3000]?[\p{Lo}\p{Lm}\p{M}]+|['’](?:s|t|re|ve|ll|d|m)|[,.:;?!、。，：；？！])$/u;

/**
 * Which ids of the head may stand in a prompt. Special tokens and ids of the head that the tokenizer does not know never may.
 *
 * @param options.width of the head, at least the tokenizer's vocabulary
 * @param options.banned further ids to leave out
 * @returns [width], 1 where allowed
 * @throws RlpromptError E_TOKEN_MASK when nothing is left
 */
export async function allowedTokens(
  tokenizer: Tokenizer,
  {
    width = tokenizer.vocabularySize,
    characters = 'printable',
    banned = [],
  }: { width?: number; characters?: TokenCharacters; banned?: readonly number[] } = {},
): Promise<Uint8Array> {
  const allowed = new Uint8Array(width);
  for (let id = 0; id < Math.min(width, tokenizer.vocabularySize); id++) {
    if (id % LOOKED_AT_ONCE === 0) await giveWay();
    if (!tokenizer.specialTokenIds.has(id) && isAllowed(tokenizer.bytes(id), characters)) allowed[id] = 1;
  }
  for (const id of banned) if (id >= 0 && id < width) allowed[id] = 0;
  if (allowed.includes(1)) return allowed;
  throw new RlpromptError({
    code: 'E_TOKEN_MASK',
    exit: 'config',
    message: `no token of ${tokenizer.vocabularySize} is left with characters "${characters}" and ${banned.length} banned`,
    next: 'allow more characters with --tokens, or forbid fewer words',
  });
}

/** Whether a vocabulary has so many tokens that `words` allows; it is read no further than that. */
export function hasWords(tokenizer: Pick<Tokenizer, 'vocabularySize' | 'bytes'>, least: number): boolean {
  let count = 0;
  for (let id = 0; id < tokenizer.vocabularySize && count < least; id++) {
    if (isAllowed(tokenizer.bytes(id), 'words')) count++;
  }
  return count >= least;
}

/** The mask as an addend for logits: 0 where allowed, far below everything elsewhere. */
export function maskBias(allowed: Uint8Array): Float32Array {
  return Float32Array.from(allowed, (isAllowedToken) => (isAllowedToken ? 0 : FORBIDDEN));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isAllowed(bytes: Uint8Array | undefined, characters: TokenCharacters): boolean {
  if (!bytes || bytes.length === 0) return false;
  if (characters === 'all') return true;
  if (characters === 'ascii') return bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);
  try {
    const text = utf8.decode(bytes);
    return characters === 'words' ? WORD.test(text) : !UNPRINTABLE.test(text);
  } catch {
    // Not whole characters.
    return false;
  }
}
