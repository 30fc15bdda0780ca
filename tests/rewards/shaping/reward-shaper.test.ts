import { describe, expect, it } from 'vitest';
import { RewardShaper, scaleReward, shapeReward, toStepRewards } from '../../../src/rewards/shaping/reward-shaper.js';

const settings = { zScoreEpsilon: 0, rewardFrom: [0, 1], rewardTo: [0, 10], steps: 10 } as const;
const evaluation = (reward: number) => ({ reward, metrics: {}, parts: { task: reward } });

describe('RewardShaper', () => {
  it('z-scores within a group and maps to the range of the moment', () => {
    const shaper = new RewardShaper(settings, { keepsParts: false });
    expect(shaper.shape([evaluation(2), evaluation(4)], [0, 5], undefined)).toEqual([
      { raw: 2, zScored: -1, shaped: -5 },
      { raw: 4, zScored: 1, shaped: 5 },
    ]);
    expect(shaper.shape([evaluation(2), evaluation(4)], [0, 5], [7, 8])).toEqual([
      { raw: 2, zScored: 0, shaped: 0, group: 7 },
      { raw: 4, zScored: 0, shaped: 0, group: 8 },
    ]);
  });

  it('keeps what rewards were made of where that can weigh differently later', () => {
    const shaper = new RewardShaper(settings, { keepsParts: true });
    expect(shaper.shape([evaluation(2)], [0, 5], undefined)).toMatchObject([{ parts: { task: 2 } }]);
  });

  it.each([
    ['reward NaN', { reward: Number.NaN }],
    ['reward -Infinity', { reward: Number.NEGATIVE_INFINITY }],
    ['fluency Infinity', { parts: { task: 2, fluency: Number.POSITIVE_INFINITY } }],
  ])('refuses %s by the place of its prompt, before anything is learned from it', (what, wrong) => {
    const shaper = new RewardShaper(settings, { keepsParts: true });
    expect(() => shaper.shape([evaluation(1), { ...evaluation(2), ...wrong }], [0, 5], undefined)).toThrow(
      expect.objectContaining({
        code: 'E_REWARD_NONFINITE',
        exitCode: 3,
        message: `prompt 2 of the step has ${what}, which is not finite`,
        kept: 'what was learned before this step',
      }),
    );
  });

  it('reports its scale only where it changes', () => {
    expect(new RewardShaper(settings, { keepsParts: false }).metrics([0, 5])).toEqual({});
    const cooled = new RewardShaper({ ...settings, rewardToEnd: [0, 30] }, { keepsParts: false });
    expect(cooled.metrics([2, 20])).toEqual({ 'reward/scale': 18 });
  });
});

it('a replayed reward lies on the line of fresh ones, without its offset', () => {
  const line = { from: [-1, 3], to: [2, 10] } as const;
  expect(scaleReward(1.5, line)).toBeCloseTo(shapeReward(1.5, line) - shapeReward(0, line), 12);
});

it('rewards are z-scored over their group, then mapped from one range to the other', () => {
  const rewards = toStepRewards([1, 3, 10, 30], { ...settings, rewardTo: [-1, 4] }, [0, 0, 1, 1]);
  expect(rewards.map(({ raw }) => raw)).toEqual([1, 3, 10, 30]);
  const expected = [-1, 1, -1, 1];
  rewards.forEach(({ zScored, shaped }, i) => {
    expect(zScored).toBeCloseTo(expected[i]!, 12);
    expect(shaped).toBeCloseTo(5 * expected[i]! - 1, 12);
  });
});

it('a step in which every prompt earned the same has nothing to teach', () => {
  const rewards = toStepRewards([7, 7, 7], settings);
  expect(rewards.every(({ zScored }) => zScored === 0)).toBe(true);
});
