import { countOf } from '../group-digits.js';

/** A set of texts on the screen, and how far it is ranked. */
export interface RatingState {
  /** Number of texts. */
  readonly count: number;
  /** Positions placed so far, best first; positions in a group are tied. */
  readonly order: readonly (readonly number[])[];
  /** The next text joins the last group. */
  readonly isTie: boolean;
  readonly note: string;
  readonly mode: 'rank' | 'note';
}

/** What a key asks of whoever shows the sets. */
export type RatingAction = 'confirm' | 'skip' | 'back' | 'quit' | 'interrupt';

/** What is kept where ranking is stopped. @param ranked sets that were ranked since it began */
export function keptRankings(ranked: number): string {
  return ranked === 0 ? 'the rankings made before' : `${countOf(ranked, 'ranking')} of now, and those made before`;
}

export function startRating(count: number): RatingState {
  return { count, order: [], isTie: false, note: '', mode: 'rank' };
}

/** The order once every text has a place; the last one left takes the last place. */
export function completeOrder({ count, order }: RatingState): readonly (readonly number[])[] | undefined {
  const left = Array.from({ length: count }, (_, i) => i).filter((i) => !order.flat().includes(i));
  if (left.length > 1 || order.length === 0) return undefined;
  return left.length === 0 ? order : [...order, left];
}

/** One key: 1 to 9 place a text, = ties the next with the last, u undoes, n writes a note, Enter confirms. */
export function pressRatingKey(state: RatingState, key: string): { state: RatingState; action?: RatingAction } {
  if (key === '\u0003') return { state, action: 'interrupt' };
  if (state.mode === 'note') return { state: typeNote(state, key) };
  const position = /^[1-9]$/.test(key) ? Number(key) - 1 : undefined;
  if (position !== undefined) return { state: place(state, position) };
  if (key === '=') return { state: { ...state, isTie: state.order.length > 0 && !state.isTie } };
  if (key === 'u') return state.order.length === 0 ? { state, action: 'back' } : { state: undo(state) };
  if (key === 'n') return { state: { ...state, mode: 'note' } };
  if (key === 's') return { state, action: 'skip' };
  if (key === 'q') return { state, action: 'quit' };
  if (key === '\r' && completeOrder(state)) return { state, action: 'confirm' };
  return { state };
}

function place(state: RatingState, position: number): RatingState {
  const { count, order, isTie } = state;
  if (position >= count || order.flat().includes(position)) return state;
  const last = order.at(-1);
  const next = isTie && last ? [...order.slice(0, -1), [...last, position]] : [...order, [position]];
  return { ...state, order: next, isTie: false };
}

function undo(state: RatingState): RatingState {
  if (state.isTie) return { ...state, isTie: false };
  const last = state.order.at(-1) ?? [];
  const shorter = last.length > 1 ? [last.slice(0, -1)] : [];
  return { ...state, order: [...state.order.slice(0, -1), ...shorter] };
}

function typeNote(state: RatingState, key: string): RatingState {
  if (key === '\r' || key === '\u001B') return { ...state, mode: 'rank' };
  if (key === '\u007F') return { ...state, note: [...state.note].slice(0, -1).join('') };
  return /^\P{Cc}+$/u.test(key) ? { ...state, note: state.note + key } : state;
}
