import { expect, it } from 'vitest';
import { toStepRewards } from '../../../src/rewards/shaping/step-rewards.js';

const settings = { zScoreEpsilon: 0, rewardFrom: [0, 1], rewardTo: [-1, 4] } as const;

it('rewards are z-scored over their group, then mapped from one range to the other', () => {
  const rewards = toStepRewards([1, 3, 10, 30], settings, [0, 0, 1, 1]);
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
