import { expect, it } from 'vitest';
import { cosine } from '../../src/statistics/cosine.js';

it('is the cosine of the angle between two vectors, whatever their lengths', () => {
  expect(cosine([3, 0], [0, 2])).toBe(0);
  expect(cosine([1, 1], [0, 5])).toBeCloseTo(Math.SQRT1_2, 12);
  expect(cosine(Float32Array.of(1, 2), [-2, -4])).toBeCloseTo(-1, 12);
  expect([cosine([0, 0], [0, 0]), cosine([0, 0], [1, 0])]).toEqual([1, 0]);
});
