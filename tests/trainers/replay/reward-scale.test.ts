import { describe, expect, it } from 'vitest';
import { RewardScale } from '../../../src/trainers/replay/reward-scale.js';

describe('running statistics of rewards', () => {
  it('weigh a step by 0.9 for each step after it', () => {
    const scale = new RewardScale();
    scale.observe([10, 30]);
    scale.observe([50]);
    // Weights 0.09 and 0.1: mean (0.09 · 20 + 0.1 · 50) / 0.19, mean square (0.09 · 500 + 0.1 · 2500) / 0.19.
    const mean = 6.8 / 0.19;
    const deviation = Math.sqrt(295 / 0.19 - mean * mean);
    expect(scale.standardise(50)).toBeCloseTo((50 - mean) / (deviation + 1e-4), 10);
    expect(scale.standardise(mean)).toBeCloseTo(0, 10);
    const copy = new RewardScale();
    copy.restore(scale.save());
    expect(copy.standardise(1)).toBe(scale.standardise(1));
  });

  it('say nothing while they have seen nothing, or one value only', () => {
    const scale = new RewardScale();
    expect(scale.standardise(5)).toBe(0);
    scale.observe([5, 5]);
    expect([scale.standardise(5), scale.standardise(6)]).toEqual([0, 0]);
  });

  it('begin again with other rewards', () => {
    const scale = new RewardScale();
    scale.observe([10, 30]);
    scale.restart([1, 3]);
    expect(scale.standardise(3)).toBeCloseTo(1, 3);
    scale.restart([]);
    expect([scale.standardise(3), scale.save()]).toEqual([0, [0, 0, 0]]);
  });
});
