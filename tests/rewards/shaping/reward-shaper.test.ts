import { describe, expect, it } from 'vitest';
import { RewardShaper } from '../../../src/rewards/shaping/reward-shaper.js';

const settings = { zScoreEpsilon: 0, rewardFrom: [0, 2], rewardTo: [0, 5], steps: 10 } as const;
const evaluations = [
  { reward: 2, metrics: {}, parts: { task: 1, fluency: 3 } },
  { reward: 4, metrics: {} },
  { reward: 10, metrics: {} },
  { reward: 10, metrics: {} },
];

describe('RewardShaper', () => {
  it('z-scores within groups and maps to the range it is given', () => {
    const shaper = new RewardShaper(settings, { keepsParts: false });
    expect(shaper.shape(evaluations, [-1, 3], [0, 0, 1, 1])).toEqual([
      // From [0, 2] to [-1, 3] is twice the value, less 1.
      { raw: 2, zScored: -1, shaped: -3, group: 0 },
      { raw: 4, zScored: 1, shaped: 1, group: 0 },
      { raw: 10, zScored: 0, shaped: -1, group: 1 },
      { raw: 10, zScored: 0, shaped: -1, group: 1 },
    ]);
  });

  it('keeps what a reward was made of where that is asked for', () => {
    const shaped = (keepsParts: boolean) =>
      new RewardShaper(settings, { keepsParts }).shape(evaluations.slice(0, 2), [0, 2], undefined);
    expect(shaped(true)).toEqual([
      { raw: 2, zScored: -1, shaped: -1, parts: { task: 1, fluency: 3 } },
      { raw: 4, zScored: 1, shaped: 1 },
    ]);
    expect(shaped(false)[0]).not.toHaveProperty('parts');
  });

  it('refuses parts that are not finite before anything is learned', () => {
    const shaper = new RewardShaper(settings, { keepsParts: true });
    const broken = [
      { reward: 1, metrics: {}, parts: { task: Number.NaN } },
      { reward: 2, metrics: {} },
    ];
    expect(() => shaper.shape(broken, [0, 1], undefined)).toThrow(
      expect.objectContaining({ code: 'E_REWARD_NONFINITE', exitCode: 3, kept: 'what was learned before this step' }),
    );
  });

  it('reports its scale where that changes over the run', () => {
    expect(new RewardShaper(settings, { keepsParts: false }).metrics([0, 5])).toEqual({});
    const cooled = new RewardShaper({ ...settings, rewardToEnd: [0, 9] }, { keepsParts: false });
    // (8 − 2) / (2 − 0)
    expect(cooled.metrics([2, 8])).toEqual({ 'reward/scale': 3 });
  });
});
