import { describe, expect, it } from 'vitest';
import { pairedInterval } from '../../src/statistics/paired-interval.js';

describe('the interval of a paired difference', () => {
  it('is that of Agresti and Min for shares', () => {
    // 10 pairs for the one side, 2 for the other, 38 alike: n* = 52, difference* = 8 / 52, discordant* = 13.
    const differences = [...Array(10).fill(1), -1, -1, ...Array(38).fill(0)];
    const { mean, interval } = pairedInterval(differences, { ofShares: true });
    const [difference, half] = [8 / 52, (1.96 * Math.sqrt(13 - 64 / 52)) / 52];
    expect(mean).toBeCloseTo(0.16, 12);
    expect(interval[0]).toBeCloseTo(difference - half, 12);
    expect(interval[1]).toBeCloseTo(difference + half, 12);
  });

  it('is the normal one for other values', () => {
    const { mean, interval } = pairedInterval([1, 2, 3, 4], { ofShares: false });
    expect(mean).toBe(2.5);
    expect(interval[1] - interval[0]).toBeCloseTo(2 * 1.96 * Math.sqrt(1.25 / 4), 12);
  });

  it('leaves room where no pair of shares differs', () => {
    const { interval } = pairedInterval([0, 0, 0], { ofShares: true });
    expect(interval[0]).toBeLessThan(0);
    expect(interval[1]).toBeGreaterThan(0);
  });
});
