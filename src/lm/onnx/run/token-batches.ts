import { chunksOf, groupBy } from '../../../statistics/groups.js';

/** Calls larger than this gain nothing, and the thread is blocked while one runs. */
export const TOKENS_PER_CALL = 384;

/**
 * Rows put together by length, so that nothing is padded and a row's numbers are the same whatever its neighbours are.
 * @param rowsOf how many rows of a length may run together; at least one does
 * @returns the rows of each call with their indices
 */
export function* equalLengthBatches<Row extends { readonly length: number }>(
  rows: readonly Row[],
  rowsOf: (length: number) => number,
): Generator<[index: number, row: Row][]> {
  for (const [length, members] of groupBy(rows.entries(), ([, row]) => row.length)) {
    yield* chunksOf(members, Math.max(1, Math.floor(rowsOf(Math.max(1, length)))));
  }
}
