import { expect, it } from 'vitest';
import { shareError } from '../../src/statistics/share-error.js';

it('is the error of a share with one right and one wrong answer more', () => {
  // 3 of 4 right: (3 + 1) / (4 + 2) = 2/3, and √(2/3 · 1/3 / 4) = √(1/18)
  expect(shareError(0.75, 4)).toBeCloseTo(Math.sqrt(1 / 18), 12);
  expect(shareError(1, 8)).toBeCloseTo(Math.sqrt((0.9 * 0.1) / 8), 12);
  expect(shareError(0, 8)).toBeCloseTo(shareError(1, 8), 12);
});
