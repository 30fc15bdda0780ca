import { groupDigits } from '../../group-digits.js';
import { Rng } from '../../random/rng.js';

/** How many rows of a test split are scored: all, or at most so many. */
export type TestSize = number | 'all';

/** The rows of a test split that are scored, drawn by the seed and in their own order. */
export function drawTestRows<Row>(
  rows: readonly Row[],
  { seed, testSize }: { readonly seed: number; readonly testSize: TestSize },
  onDrawn: (warning: string) => void,
): readonly Row[] {
  if (testSize === 'all' || rows.length <= testSize) return rows;
  const drawn = new Set(
    Rng.create(seed, 'testExamples')
      .shuffled(rows.map((_, i) => i))
      .slice(0, testSize),
  );
  onDrawn(
    `test: ${groupDigits(testSize)} of ${groupDigits(rows.length)} rows, sampled with the seed (--test-size all scores every row)`,
  );
  return rows.filter((_, i) => drawn.has(i));
}
