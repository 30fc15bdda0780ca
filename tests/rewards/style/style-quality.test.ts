import { describe, expect, it } from 'vitest';
import { toStepRewards } from '../../../src/rewards/shaping/reward-shaper.js';
import { bestOfSegments, outputReward, relativeFluency } from '../../../src/rewards/style/style-quality.js';

describe('the quality of rewritten texts', () => {
  it('is the mean of content and style, times 100', () => {
    expect(outputReward({ content: 0.8, style: 0.4 })).toBeCloseTo(60, 10);
  });

  it('takes the best of each segment, the first of equals', () => {
    const outputs = [0.1, 0.9, 0.4, 0.5, 0.2, 0.5].map((content, id) => ({ id, content, style: 0.5 }));
    expect(bestOfSegments(outputs, 2).map(({ id }) => id)).toEqual([1, 3]);
    expect(bestOfSegments(outputs, 1).map(({ id }) => id)).toEqual([1]);
    expect(bestOfSegments(outputs, 6).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('calls an output as likely a token as its input fluent, and one half as likely half as fluent', () => {
    const input = { logProb: -6, tokenCount: 3 };
    expect(relativeFluency({ logProb: -2, tokenCount: 1 }, input)).toBe(1);
    expect(relativeFluency({ logProb: -1, tokenCount: 4 }, input)).toBe(1);
    expect(relativeFluency({ logProb: 2 * (-2 - Math.log(2)), tokenCount: 2 }, input)).toBeCloseTo(0.5, 12);
    expect(relativeFluency({ logProb: 0, tokenCount: 0 }, input)).toBe(0);
  });

  it('z-scores the prompts of each input by themselves', () => {
    // Input 0: mean 60, deviation 20; input 1: mean 10, deviation 10.
    const shaping = { zScoreEpsilon: 0, rewardFrom: [0, 1], rewardTo: [-20, 80] } as const;
    const rewards = toStepRewards([40, 0, 80, 20], shaping, [0, 1, 0, 1]);
    expect(rewards.map(({ zScored }) => zScored)).toEqual([-1, -1, 1, 1]);
    expect(rewards.map(({ shaped }) => shaped)).toEqual([-120, -120, 80, 80]);
  });
});
