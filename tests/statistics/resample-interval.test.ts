import { describe, expect, it } from 'vitest';
import { resampleInterval } from '../../src/statistics/resample-interval.js';

describe('the interval of a difference over resplits', () => {
  it('takes the overlap of the resplits into account', () => {
    const { mean, interval } = resampleInterval([0.01, 0.03, 0.05], { test: 400, train: 100 });
    expect(mean).toBeCloseTo(0.03, 12);
    const half = 4.303 * Math.sqrt(0.0004 * (1 / 3 + 4));
    expect(interval![0]).toBeCloseTo(0.03 - half, 12);
    expect(interval![1]).toBeCloseTo(0.03 + half, 12);
  });

  it('says nothing of one resplit, and stays near the normal one for many', () => {
    expect(resampleInterval([0.1], { test: 1, train: 1 }).interval).toBeUndefined();
    const many = Array.from({ length: 101 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const { mean, interval } = resampleInterval(many, { test: 0, train: 1 });
    expect((interval![1] - mean) / Math.sqrt(1.01 / 101)).toBeCloseTo(1.985, 1);
  });
});
