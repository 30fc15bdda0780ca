import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleReward, shapeReward } from '../../../src/rewards/shaping/reward-shaper.js';
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
    expect(() => zScore([1, Number.NaN])).toThrow(
      expect.objectContaining({
        code: 'E_REWARD_NONFINITE',
        exitCode: 70,
        message: 'reward 1 is NaN, expected a finite number',
      }),
    );
    expect(() => zScore([Number.POSITIVE_INFINITY, 1])).toThrow(/reward 0 is Infinity/);
    expect(() => zScore([1, 2], { groups: [0] })).toThrow(
      expect.objectContaining({
        code: 'E_REWARD_GROUPS',
        exitCode: 70,
        message: '2 rewards came with 1 group numbers',
      }),
    );
  });
});

describe('reward shaping', () => {
  it('is a straight line that continues outside its range', () => {
    const shaping = { from: [0, 1], to: [-20, 80] } as const;
    expect([0, 1, 0.5, -1, 2].map((value) => shapeReward(value, shaping))).toEqual([-20, 80, 30, -120, 180]);
  });

  it('refuses an empty range and a result that is not finite', () => {
    const message = 'reward shaping starts from [2, 2], expected two different finite numbers';
    expect(() => shapeReward(1, { from: [2, 2], to: [0, 1] })).toThrow(
      expect.objectContaining({ code: 'E_REWARD_SHAPING', exitCode: 78, message }),
    );
    const endless = [0, Number.POSITIVE_INFINITY] as const;
    expect(() => shapeReward(1, { from: endless, to: [0, 1] })).toThrow(/two different finite numbers/);
    expect(() => shapeReward(1e308, { from: [0, 1], to: [0, 1e10] })).toThrow(
      expect.objectContaining({
        code: 'E_REWARD_RANGE',
        exitCode: 70,
        message: 'reward 1e+308 is Infinity after shaping to [0, 10000000000]',
      }),
    );
  });

  it('has a scale that its offsets do not change', () => {
    expect(scaleReward(3, { from: [1, 3], to: [10, 20] })).toBe(15);
    expect(scaleReward(-1, { from: [0, 1], to: [4, 4] })).toBe(-0);
  });
});
