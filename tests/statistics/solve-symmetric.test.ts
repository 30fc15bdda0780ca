import { describe, expect, it } from 'vitest';
import { solveSymmetric } from '../../src/statistics/solve-symmetric.js';

describe('a symmetric system', () => {
  it('is solved, by hand', async () => {
    // 4x + 2y = 2, 2x + 3y = 5: x = −0.5, y = 2.
    const [first, second] = await solveSymmetric(
      [4, 2, 2, 3],
      [
        [2, 5],
        [4, 2],
      ],
    );
    expect(first![0]).toBeCloseTo(-0.5, 12);
    expect(first![1]).toBeCloseTo(2, 12);
    expect(second).toEqual([1, 0]);
  });
});
