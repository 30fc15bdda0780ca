import { expect, it } from 'vitest';
import { addGram } from '../../src/statistics/add-gram.js';

it('adds Xᵀ L X to the lower half, by hand', () => {
  const matrix = Float64Array.of(1, 7, 0, 2);
  // One pair of curvature 3 that differs by (2, −1): 3 · [[4, −2], [−2, 1]].
  addGram(matrix, [Float64Array.of(2, 0), Float64Array.of(0, 1)], Float64Array.of(3, -3, -3, 3));
  expect([...matrix]).toEqual([13, 7, -6, 5]);
});
