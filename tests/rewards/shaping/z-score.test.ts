import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeReward } from '../../../src/rewards/shaping/shape-reward.js';
import { zScore } from '../../../src/rewards/shaping/z-score.js';

describe('the z-score', () => {
  it('uses the population standard deviation plus epsilon', () => {
    const scores = zScore([1, 2, 3]);
    const deviation = Math.sqrt(2 / 3) + 1e-4;
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo((i - 1) / deviation, 12);
    expect(zScore([0, 2], { epsilon: 1 })).toEqual([-0.5, 0.5]);
  });

  it('leaves a group of one and a flat group at zero', () => {
    expect(zScore([7])).toEqual([0]);
    expect(zScore([0.1, 0.1, 0.1])).toEqual([0, 0, 0]);
    expect(zScore([5, 5 + 1e-7])).toEqual([0, 0]);
    expect(zScore([])).toEqual([]);
  });

  it('standardises each group by itself', () => {
    const scores = zScore([0, 100, 2, 300, 9], { groups: [0, 1, 0, 1, 2] });
    const [, , low, high] = zScore([7, 7, 0, 2], { groups: [4, 4, 5, 5] });
    expect([scores[0], scores[2], scores[4]]).toEqual([low, high, 0]);
    expect(scores[1]).toBeCloseTo(-1, 5);
    expect(scores[3]).toBeCloseTo(1, 5);
  });

  it('survives rewards near the largest number there is', () => {
    expect(zScore([1e308, -1e308], { epsilon: 0 })).toEqual([1, -1]);
    expect(zScore([1.7e308, 1.7e308])).toEqual([0, 0]);
  });

  it('never gives a number that is not finite, whatever the finite rewards', () => {
    const rewards = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 });
    fc.assert(
      fc.property(rewards, (values) => zScore(values).every(Number.isFinite)),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refuses a reward that is not finite, saying which', () => {
    expect(() => zScore([1, Number.NaN])).toThrow(/reward 1 is NaN/);
    expect(() => zScore([1, 2], { groups: [0] })).toThrow(/2 rewards came with 1 group/);
  });
});

describe('reward shaping', () => {
  it('is a straight line that continues outside its range', () => {
    const shaping = { from: [0, 1], to: [-20, 80] } as const;
    expect([0, 1, 0.5, -1, 2].map((value) => shapeReward(value, shaping))).toEqual([-20, 80, 30, -120, 180]);
  });

  it('refuses an empty range and a result that is not finite', () => {
    expect(() => shapeReward(1, { from: [2, 2], to: [0, 1] })).toThrow(/two different finite numbers/);
    expect(() => shapeReward(1e308, { from: [0, 1], to: [0, 1e10] })).toThrow(/Infinity after shaping/);
  });
});
