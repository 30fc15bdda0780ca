import { describe, expect, it } from 'vitest';
import { logVarianceLoss } from '../../src/losses/log-variance.js';
import { Rng } from '../../src/random/rng.js';
import { numericalGradient, relativeError } from './numerical-gradient.js';
import { TabularPolicy } from './tabular-policy.js';

const rng = Rng.create(3, 'search');
const random = (n: number) => Array.from({ length: n }, () => 4 * rng.float() - 2);

describe('the log-variance loss', () => {
  it('has weights equal to its finite differences, with and without a prior', () => {
    for (const priorLogProbs of [undefined, random(12)]) {
      const input = { batch: 4, time: 3, rewards: random(4), priorLogProbs };
      const logProbs = random(12);
      const expected = numericalGradient((at) => logVarianceLoss({ ...input, logProbs: at }).loss, logProbs);
      expect(relativeError(logVarianceLoss({ ...input, logProbs }).weights, expected)).toBeLessThan(1e-8);
    }
  });

  it('is the variance of log π/p₀ − r over the batch', () => {
    const { loss } = logVarianceLoss({
      batch: 2,
      time: 2,
      logProbs: [-1, -1, -2, -2],
      priorLogProbs: [-2, -2, -2, -1],
      rewards: [1, -2],
    });
    // D = [2 − 1, −1 + 2] = [1, 1]
    expect(loss).toBeCloseTo(0, 12);
    const uniform = logVarianceLoss({ batch: 2, time: 1, logProbs: [-1, -4], rewards: [1, 0] });
    // D = [−2, −4]
    expect(uniform.loss).toBeCloseTo(1, 12);
  });

  it('compares each row with its own group only', () => {
    const { loss, weights } = logVarianceLoss({
      batch: 4,
      time: 2,
      logProbs: [-1, -1, -2, -4, -1, -2, -3, -4],
      rewards: [1, 0, 2, 3],
      groups: [7, 4, 7, 7],
    });
    // D = [−3, −6, −5, −10]; the mean of group 7 is −6, so what is left is [3, 0, 1, −4] and the loss (9 + 1 + 16) / 4.
    expect(loss).toBeCloseTo(6.5, 12);
    expect([...weights]).toEqual([1.5, 1.5, 0, 0, 0.5, 0.5, -2, -2]);
  });

  it('gives zero, not NaN, for a batch of one', () => {
    const { loss, weights } = logVarianceLoss({ batch: 1, time: 2, logProbs: [-3, -4], rewards: [5] });
    expect([loss, ...weights]).toEqual([0, 0, 0]);
  });

  it('learns π ∝ e^r from prompts that a uniform policy proposed', () => {
    const policy = new TabularPolicy(1, 4);
    const behaviour = new TabularPolicy(1, 4);
    const tokenRewards = [0, 1, 2, -1];
    const sampling = Rng.create(1, 'sampling');
    const losses = Array.from({ length: 600 }, () => {
      const actions = behaviour.sample(16, sampling);
      const rewards = actions.map((action) => tokenRewards[action]!);
      const { loss, weights } = logVarianceLoss({ batch: 16, time: 1, logProbs: policy.logProbs(actions), rewards });
      policy.descend(actions, weights, 0.2);
      return loss;
    });
    const total = tokenRewards.reduce((sum, reward) => sum + Math.exp(reward), 0);
    const optimum = tokenRewards.map((reward) => Math.exp(reward) / total);
    expect(relativeError(policy.distribution(0).probabilities, optimum)).toBeLessThan(1e-3);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses.at(-1)).toBeLessThan(1e-5);
  });

  it('refuses a prior of another shape', () => {
    const input = { batch: 1, time: 2, logProbs: [0, 0], rewards: [1] };
    expect(() => logVarianceLoss({ ...input, priorLogProbs: [0] })).toThrow(/priorLogProbs holds 1 numbers/);
  });
});
