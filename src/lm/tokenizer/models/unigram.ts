import { flagOf, type Settings, UnsupportedTokenizer } from '../shared/definition.js';
import { asLibraryNumber } from './library-number.js';
import type { PieceModel } from './types.js';
import { byteTokens, MissingUnknownToken } from './vocabulary.js';

/** An unknown character costs this much more than the least likely token. */
const UNKNOWN_PENALTY = 10;
const MOST_CACHED = 10_000;

/** The most likely tokens of a piece; unknown characters beside each other are one. */
export function unigramModel(settings: Settings): PieceModel {
  if (!Array.isArray(settings.vocab)) throw new UnsupportedTokenizer('the model Unigram has no vocabulary');
  const vocabulary = settings.vocab as readonly (readonly [string, number])[];
  const ids = new Map(vocabulary.map(([token], id) => [token, id]));
  const scores = Float64Array.from(vocabulary, ([, score]) => score);
  const search: Search = {
    ids,
    scoreOf: lazily(scores),
    longest: longestByFirst(vocabulary),
    unknownScore:
      asLibraryNumber(scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY)) -
      UNKNOWN_PENALTY,
    unknown: typeof settings.unk_id === 'number' ? settings.unk_id : undefined,
  };
  const falls = flagOf(settings, 'byte_fallback', false);
  const cache = new Map<string, readonly number[]>();
  const encodeNew = (piece: string) => mostLikely(piece, search).flatMap((part) => idsOf(part, search, falls));
  const encode = (piece: string, into: number[]) => {
    let found = cache.get(piece);
    if (!found) {
      found = encodeNew(piece);
      if (cache.size < MOST_CACHED) cache.set(piece, found);
    }
    for (const id of found) into.push(id);
  };
  return { ids, encode };
}

interface Search {
  readonly ids: ReadonlyMap<string, number>;
  readonly scoreOf: (id: number) => number;
  /** Length of the longest token that begins with a code unit. */
  readonly longest: ReadonlyMap<number, number>;
  readonly unknownScore: number;
  readonly unknown: number | undefined;
}

/** Scores are read when they are asked for: there are up to 250,000. */
function lazily(scores: Float64Array): (id: number) => number {
  const isRead = new Uint8Array(scores.length);
  return (id) => {
    if (isRead[id] === 0) {
      scores[id] = asLibraryNumber(scores[id] ?? 0);
      isRead[id] = 1;
    }
    return scores[id] ?? 0;
  };
}

function longestByFirst(vocabulary: readonly (readonly [string, number])[]): Map<number, number> {
  const longest = new Map<number, number>();
  for (const [token] of vocabulary) {
    const first = token.charCodeAt(0);
    if (token.length > (longest.get(first) ?? 0)) longest.set(first, token.length);
  }
  return longest;
}

/** Viterbi's search, from left to right; of equal paths the first found. */
function mostLikely(piece: string, { ids, scoreOf, longest, unknownScore, unknown }: Search): string[] {
  const best = new Float64Array(piece.length + 1);
  const startOf = new Int32Array(piece.length + 1).fill(-1);
  const idAt = new Int32Array(piece.length + 1).fill(-1);
  const offer = (start: number, end: number, score: number, id: number) => {
    const total = score + (best[start] ?? 0);
    if (startOf[end] !== -1 && total <= (best[end] ?? 0)) return;
    best[end] = total;
    startOf[end] = start;
    idAt[end] = id;
  };
  for (let start = 0; start < piece.length; ) {
    const width = (piece.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
    const most = Math.min(piece.length - start, longest.get(piece.charCodeAt(start)) ?? 0);
    let isKnown = false;
    for (let length = width; length <= most; length++) {
      const id = ids.get(piece.slice(start, start + length));
      if (id === undefined) continue;
      if (length === width) isKnown = true;
      offer(start, start + length, scoreOf(id), id);
    }
    if (!isKnown) {
      if (unknown === undefined) throw new MissingUnknownToken(piece);
      offer(start, start + width, unknownScore, unknown);
    }
    start += width;
  }
  return readPath(piece, startOf, (end) => idAt[end] === unknown);
}

function readPath(piece: string, startOf: Int32Array, isUnknown: (end: number) => boolean): string[] {
  const parts: string[] = [];
  let unknownEnd = -1;
  for (let end = piece.length; end > 0; ) {
    const start = startOf[end] ?? 0;
    if (isUnknown(end)) {
      if (unknownEnd < 0) unknownEnd = end;
    } else {
      if (unknownEnd >= 0) parts.push(piece.slice(end, unknownEnd));
      unknownEnd = -1;
      parts.push(piece.slice(start, end));
    }
    end = start;
  }
  if (unknownEnd >= 0) parts.push(piece.slice(0, unknownEnd));
  return parts.reverse();
}

function idsOf(part: string, { ids, unknown }: Search, falls: boolean): number[] {
  const id = ids.get(part);
  if (id !== undefined) return [id];
  const bytes = falls ? byteTokens(part, ids) : undefined;
  if (bytes) return bytes.flatMap((token) => ids.get(token) ?? []);
  if (unknown === undefined) throw new MissingUnknownToken(part);
  return [unknown];
}
