import { expect, it } from 'vitest';
import { relativeMargin } from '../../src/statistics/relative-margin.js';

it('is the mean of the margins over their root mean square, whatever their scale', () => {
  // mean 1, root mean square √((9 + 1)/2) = √5
  expect(relativeMargin([3, -1])).toBeCloseTo(1 / Math.sqrt(5), 12);
  expect(relativeMargin([300, -100])).toBeCloseTo(1 / Math.sqrt(5), 12);
  expect(relativeMargin([2, 2])).toBe(1);
  expect(relativeMargin([])).toBe(0);
  expect(relativeMargin([0, 0])).toBe(0);
});
