import { describe, expect, it } from 'vitest';
import { policyGradientLoss } from '../../src/losses/policy-gradient.js';
import { Rng } from '../../src/random/rng.js';
import { numericalGradient, relativeError } from './numerical-gradient.js';
import { TabularPolicy } from './tabular-policy.js';

describe('the REINFORCE loss', () => {
  it('has weights equal to its finite differences', () => {
    const input = { batch: 3, time: 2, rewards: [1, -2, 0.5], discount: 0.9 };
    const logProbs = [-1, -2, -0.5, -3, -0.1, -1];
    const expected = numericalGradient((at) => policyGradientLoss({ ...input, logProbs: at }).loss, logProbs);
    expect(relativeError(policyGradientLoss({ ...input, logProbs }).weights, expected)).toBeLessThan(1e-8);
  });

  it('takes from each reward the mean of the others and discounts earlier tokens', () => {
    const input = { batch: 3, time: 2, logProbs: [0, 0, 0, 0, 0, 0], rewards: [6, 0, 3], discount: 0.5 };
    // advantages 6 − 1.5, 0 − 4.5, 3 − 3
    expect(Array.from(policyGradientLoss(input).weights)).toEqual([-0.75, -1.5, 0.75, 1.5, -0, -0]);
    const { weights } = policyGradientLoss({ ...input, baseline: 'none' });
    expect(Array.from(weights)).toEqual([-1, -2, -0, -0, -0.5, -1]);
  });

  it('discounts from the end of each prompt that is given, and credits what stands after it the whole reward', () => {
    const input = { batch: 2, time: 3, logProbs: [0, 0, 0, 0, 0, 0], rewards: [2, 4], discount: 0.5, ends: [2, 3] };
    const { weights } = policyGradientLoss({ ...input, baseline: 'none' });
    expect(Array.from(weights)).toEqual([-0.5, -1, -1, -0.5, -1, -2]);
    expect(() => policyGradientLoss({ ...input, ends: [2] })).toThrow('ends holds 1 numbers');
  });

  it('uses the plain reward for a batch of one, which has no others', () => {
    expect(Array.from(policyGradientLoss({ batch: 1, time: 1, logProbs: [-1], rewards: [2] }).weights)).toEqual([-2]);
  });

  it('raises the mean reward over a whole training curve', () => {
    const policy = new TabularPolicy(2, 6);
    const rng = Rng.create(2, 'sampling');
    const means = Array.from({ length: 300 }, () => {
      const actions = policy.sample(16, rng);
      const rewards = Array.from(
        { length: 16 },
        (_, row) => (actions[2 * row] === 1 ? 1 : 0) + (actions[2 * row + 1] === 4 ? 1 : 0),
      );
      const { weights } = policyGradientLoss({ batch: 16, time: 2, logProbs: policy.logProbs(actions), rewards });
      policy.descend(actions, weights, 0.5);
      return rewards.reduce((sum, reward) => sum + reward / 16, 0);
    });
    expect(means[0]).toBeLessThan(0.8);
    expect(means.slice(-20).reduce((sum, value) => sum + value / 20, 0)).toBeGreaterThan(1.8);
  });
});
