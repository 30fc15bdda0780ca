import { chunksOf, groupBy } from './batches.js';

/** Calls larger than this gain nothing, and the thread is blocked while one runs. */
export const TOKENS_PER_CALL = 384;

/**
 * Rows put together by length, so that nothing is padded and a row's numbers are the same whatever its neighbours are.
 * @param rowsOf how many rows of a length may run together; at least one does
 * @returns indices of the rows of each call
 */
export function* equalLengthBatches(
  rows: readonly (readonly number[])[],
  rowsOf: (length: number) => number,
): Generator<number[]> {
  for (const [length, indices] of groupBy(rows.keys(), (row) => rows[row]!.length)) {
    yield* chunksOf(indices, Math.max(1, Math.floor(rowsOf(Math.max(1, length)))));
  }
}
