import { flagOf, type Settings, UnsupportedTokenizer } from '../shared/definition.js';
import { MergeQueue } from './merge-queue.js';
import type { PieceModel } from './types.js';
import { byteTokens, MissingUnknownToken, vocabularyOf } from './vocabulary.js';

const MOST_CACHED = 10_000;
/** Between the two tokens of a merge that may hold spaces. */
const BETWEEN = '\uffff';

/** Byte pair encoding: characters, joined by the merge that comes first in the list until none is left. */
export function bpeModel(settings: Settings): PieceModel {
  if (settings.dropout) throw new UnsupportedTokenizer('BPE with dropout gives other tokens each time');
  const ids = vocabularyOf(settings);
  const speller = readSpeller(settings, ids);
  const merges = readMerges(settings.merges);
  const takesWhole = flagOf(settings, 'ignore_merges', false);
  const cache = new Map<string, readonly number[]>();
  const encode = (piece: string, into: number[]) => {
    let found = cache.get(piece);
    if (!found) {
      const whole = takesWhole ? ids.get(piece) : undefined;
      found = whole === undefined ? idsOf(merge(spell(piece, speller), merges, speller.prefix.length), ids) : [whole];
      if (cache.size < MOST_CACHED) cache.set(piece, found);
    }
    for (const id of found) into.push(id);
  };
  return { ids, encode };
}

interface Speller {
  readonly ids: ReadonlyMap<string, number>;
  readonly prefix: string;
  readonly suffix: string;
  readonly unknown: string | undefined;
  readonly fusesUnknown: boolean;
  readonly fallsToBytes: boolean;
}

function readSpeller(settings: Settings, ids: ReadonlyMap<string, number>): Speller {
  const text = (key: string) => (typeof settings[key] === 'string' ? (settings[key] as string) : undefined);
  return {
    ids,
    prefix: text('continuing_subword_prefix') ?? '',
    suffix: text('end_of_word_suffix') ?? '',
    unknown: text('unk_token'),
    fusesUnknown: flagOf(settings, 'fuse_unk', false),
    fallsToBytes: flagOf(settings, 'byte_fallback', false),
  };
}

interface Merges {
  readonly ranks: ReadonlyMap<string, number>;
  readonly between: string;
}

function readMerges(value: unknown): Merges {
  if (!Array.isArray(value)) throw new UnsupportedTokenizer('BPE has no merges');
  const isOld = typeof value[0] === 'string';
  const between = isOld ? ' ' : BETWEEN;
  const ranks = new Map<string, number>();
  for (let rank = 0; rank < value.length; rank++) {
    const merge = value[rank] as string | readonly [string, string];
    ranks.set(typeof merge === 'string' ? merge : merge[0] + between + merge[1], rank);
  }
  return { ranks, between };
}

/** The tokens of a piece's characters; characters that no token spells go where there is no unknown token. */
function spell(piece: string, { ids, prefix, suffix, unknown, fusesUnknown, fallsToBytes }: Speller): string[] {
  const tokens: string[] = [];
  let isUnknown = false;
  let at = 0;
  for (const character of piece) {
    const isFirst = at === 0;
    at += character.length;
    const token = (isFirst ? '' : prefix) + character + (at === piece.length ? suffix : '');
    if (ids.has(token)) {
      if (isUnknown && unknown !== undefined) tokens.push(unknown);
      isUnknown = false;
      tokens.push(token);
      continue;
    }
    const bytes = fallsToBytes ? byteTokens(token, ids) : undefined;
    if (bytes) {
      // An unknown token before it comes after it, as in the Rust library.
      tokens.push(...bytes);
    } else if (unknown !== undefined) {
      if (!ids.has(unknown)) throw new MissingUnknownToken(piece);
      if (isUnknown && !fusesUnknown) tokens.push(unknown);
      isUnknown = true;
    }
  }
  if (isUnknown && unknown !== undefined) tokens.push(unknown);
  return tokens;
}

/** @param cut length of the prefix that the second token of a merge loses */
function merge(tokens: string[], { ranks, between }: Merges, cut: number): string[] {
  if (tokens.length < 2) return tokens;
  const next = Int32Array.from(tokens, (_, i) => (i + 1 < tokens.length ? i + 1 : -1));
  const previous = Int32Array.from(tokens, (_, i) => i - 1);
  const symbols: (string | undefined)[] = tokens;
  const queue = new MergeQueue();
  const joined = (at: number): { token: string; rank: number } | undefined => {
    const right = at < 0 ? -1 : (next[at] ?? -1);
    const first = symbols[at];
    const second = symbols[right];
    if (first === undefined || second === undefined) return undefined;
    const rank = ranks.get(first + between + second);
    return rank === undefined ? undefined : { token: first + second.slice(cut), rank };
  };
  const offer = (at: number) => {
    const pair = joined(at);
    if (pair) queue.push({ at, rank: pair.rank, token: pair.token });
  };
  for (let at = 0; at + 1 < tokens.length; at++) offer(at);
  for (let top = queue.pop(); top; top = queue.pop()) {
    const { at, token } = top;
    if (joined(at)?.token !== token) continue;
    const right = next[at] ?? -1;
    const after = next[right] ?? -1;
    symbols[at] = token;
    symbols[right] = undefined;
    next[at] = after;
    if (after >= 0) previous[after] = at;
    offer(previous[at] ?? -1);
    offer(at);
  }
  return symbols.filter((symbol) => symbol !== undefined);
}

function idsOf(tokens: readonly string[], ids: ReadonlyMap<string, number>): number[] {
  return tokens.flatMap((token) => ids.get(token) ?? []);
}
