import { expect, it } from 'vitest';
import { largest, smallest } from '../../src/statistics/extremes.js';
import { softmax } from '../../src/statistics/softmax.js';

const MANY = Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 200_003);

it('the largest and the smallest are those of Math.max and Math.min, of more values than these take too', () => {
  for (const values of [[], [3], [-1, 2, 0], [1, Number.NaN]]) {
    expect([largest(values), smallest(values)]).toEqual([Math.max(...values), Math.min(...values)]);
  }
  expect(() => Math.max(...MANY)).toThrow(RangeError);
  const sorted = MANY.toSorted((a, b) => a - b);
  expect([smallest(MANY), largest(MANY)]).toEqual([sorted[0], sorted.at(-1)]);
});

it('probabilities are found over a whole vocabulary', () => {
  expect(softmax(MANY.map(() => 1))[0]).toBeCloseTo(1 / MANY.length, 12);
});
