import { describe, expect, it } from 'vitest';
import { generalisedAdvantages } from '../../src/losses/generalised-advantages.js';
import { ppoClipLoss } from '../../src/losses/ppo-clip.js';
import { Rng } from '../../src/random/rng.js';
import { numericalGradient, relativeError } from './numerical-gradient.js';
import { TabularPolicy } from './tabular-policy.js';

describe('the clipped PPO loss', () => {
  it('has weights equal to its finite differences, clipped or not', () => {
    const oldLogProbs = [-1, -1, -1, -1, -1, -1];
    const logProbs = [-1.05, -0.5, -2, -0.5, -2, -1];
    const input = { batch: 3, time: 2, oldLogProbs, advantages: [1, 1, 1, -1, -1, 2] };
    const { weights, clipFraction } = ppoClipLoss({ ...input, logProbs });
    const expected = numericalGradient((at) => ppoClipLoss({ ...input, logProbs: at }).loss, logProbs);
    expect(relativeError(weights, expected)).toBeLessThan(1e-8);
    expect(clipFraction).toBeCloseTo(2 / 6, 12);
  });

  it('equals REINFORCE where the policy has not moved', () => {
    const result = ppoClipLoss({ batch: 1, time: 2, logProbs: [-1, -2], oldLogProbs: [-1, -2], advantages: [3, -4] });
    expect(Array.from(result.weights)).toEqual([-1.5, 2]);
    expect([result.clipFraction, result.approximateKl]).toEqual([0, 0]);
  });

  it('tells how far the policy has moved and which share of tokens was clipped', () => {
    const oldLogProbs = [0, 0];
    const logProbs = [Math.log(2), Math.log(0.5)];
    const { approximateKl, clipFraction, loss } = ppoClipLoss({
      batch: 1,
      time: 2,
      logProbs,
      oldLogProbs,
      advantages: [1, 1],
    });
    // ρ = [2, 1/2]: ρ − 1 − log ρ is 1 − log 2 and −1/2 + log 2, in the mean 1/4.
    expect(approximateKl).toBeCloseTo(0.25, 12);
    expect(clipFraction).toBe(0.5);
    expect(loss).toBeCloseTo(-(1.2 + 0.5) / 2, 12);
  });

  it('stays finite when the policies are far apart', () => {
    const result = ppoClipLoss({ batch: 1, time: 2, logProbs: [0, -900], oldLogProbs: [-900, 0], advantages: [-1, 1] });
    expect([result.loss, ...result.weights, result.approximateKl].every(Number.isFinite)).toBe(true);
  });

  it('raises the mean reward over a whole training curve of several updates a batch', () => {
    const policy = new TabularPolicy(2, 6);
    const rng = Rng.create(4, 'sampling');
    const means = Array.from({ length: 60 }, () => {
      const actions = policy.sample(16, rng);
      const rewards = Float64Array.from(actions, (action, cell) => (action === (cell % 2 === 0 ? 1 : 4) ? 1 : 0));
      const mean = rewards.reduce((sum, reward) => sum + reward, 0) / 16;
      const oldLogProbs = policy.logProbs(actions);
      const values = rewards.map(() => mean / 2);
      const { advantages } = generalisedAdvantages({ batch: 16, time: 2, rewards, values });
      for (let epoch = 0; epoch < 4; epoch++) {
        const logProbs = policy.logProbs(actions);
        policy.descend(actions, ppoClipLoss({ batch: 16, time: 2, logProbs, oldLogProbs, advantages }).weights, 2);
      }
      return mean;
    });
    expect(means[0]).toBeLessThan(0.8);
    expect(means.slice(-5).reduce((sum, value) => sum + value / 5, 0)).toBeGreaterThan(1.8);
  });
});

describe('generalised advantages', () => {
  it('are the return minus the value when λ is 1, and the one-step error when it is 0', () => {
    const input = { batch: 2, time: 3, rewards: [0, 0, 4, 1, 1, 1], values: [1, 2, 3, 0, 0, 0], discount: 0.5 };
    const returns = [1, 2, 4, 1.75, 1.5, 1];
    const monteCarlo = generalisedAdvantages({ ...input, lambda: 1 });
    expect(Array.from(monteCarlo.advantages)).toEqual(returns.map((value, i) => value - input.values[i]!));
    expect(Array.from(monteCarlo.returns)).toEqual(returns);
    expect(Array.from(generalisedAdvantages({ ...input, lambda: 0 }).advantages)).toEqual([0, -0.5, 1, 1, 1, 1]);
  });
});
