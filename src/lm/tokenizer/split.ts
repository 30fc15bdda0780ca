import { UnsupportedTokenizer } from './shared/definition.js';
import type { FindSpans, Span } from './shared/pattern.js';

/** A part of a text on its way to the model. */
export interface Piece {
  readonly text: string;
  /** How many of its code units, from its beginning, come from the whole text's first character; Metaspace's `first` asks. */
  readonly fromFirst: number;
}

/** What becomes of the matches of a split. */
export type Behavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

const BEHAVIORS: readonly string[] = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

export function readBehavior(value: unknown): Behavior {
  if (typeof value === 'string' && BEHAVIORS.includes(value)) return value as Behavior;
  throw new UnsupportedTokenizer(`the split behaviour ${JSON.stringify(value)} is not known`);
}

/** Cuts pieces at the matches of a pattern; empty parts go. */
export function splitPieces(pieces: readonly Piece[], find: FindSpans, behavior: Behavior): Piece[] {
  const parts: Piece[] = [];
  for (const piece of pieces) {
    for (const { start, end } of joinSpans(find(piece.text), behavior)) {
      if (start < end) parts.push(cutPiece(piece, start, end));
    }
  }
  return parts;
}

export function cutPiece({ text, fromFirst }: Piece, start: number, end: number): Piece {
  return { text: text.slice(start, end), fromFirst: Math.max(0, Math.min(end, fromFirst) - start) };
}

/** @param map makes something of each character by itself */
export function mapPiece({ text, fromFirst }: Piece, map: (text: string) => string): Piece {
  return { text: map(text), fromFirst: fromFirst > 0 ? map(text.slice(0, fromFirst)).length : 0 };
}

interface Range {
  start: number;
  end: number;
}

function joinSpans(spans: readonly Span[], behavior: Behavior): readonly Range[] {
  switch (behavior) {
    case 'Isolated':
      return spans;
    case 'Removed':
      return spans.filter(({ isMatch }) => !isMatch);
    case 'Contiguous':
      return joinWhere(spans, (isMatch, wasMatch) => isMatch === wasMatch);
    case 'MergedWithPrevious':
      return joinWhere(spans, (isMatch, wasMatch) => isMatch && !wasMatch);
    case 'MergedWithNext':
      return joinWhere([...spans].reverse(), (isMatch, wasMatch) => isMatch && !wasMatch).reverse();
  }
}

/** Puts a span to the one before it where the rule says so; before the first one there is no match. */
function joinWhere(spans: readonly Span[], joins: (isMatch: boolean, wasMatch: boolean) => boolean): Range[] {
  const ranges: Range[] = [];
  let wasMatch = false;
  for (const { start, end, isMatch } of spans) {
    const last = ranges.at(-1);
    if (last && joins(isMatch, wasMatch)) {
      last.start = Math.min(last.start, start);
      last.end = Math.max(last.end, end);
    } else {
      ranges.push({ start, end });
    }
    wasMatch = isMatch;
  }
  return ranges;
}
