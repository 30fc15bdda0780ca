import { describe, expect, it } from 'vitest';
import {
  bradleyTerryLoss,
  fitBradleyTerry,
  pairAccuracy,
  type RankedFeatures,
} from '../../src/preferences/bradley-terry.js';
import { Rng } from '../../src/random/rng.js';

/** Rankings of `items` texts with random features, drawn from a known linear reward by the Plackett-Luce model. */
function drawRankings(truth: readonly number[], count: number, items: number, seed: number): RankedFeatures[] {
  const rng = Rng.create(seed, 'examples');
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - rng.float())) * Math.cos(2 * Math.PI * rng.float());
  return Array.from({ length: count }, () => {
    const features = Array.from({ length: items }, () => Float64Array.from(truth, normal));
    // The order of rewards with Gumbel noise is a Plackett-Luce sample.
    const noisy = features.map((x) => rewardOf(truth, x) - Math.log(-Math.log(rng.float())));
    const order = [...noisy.keys()].sort((a, b) => (noisy[b] ?? 0) - (noisy[a] ?? 0));
    const pairs = order.flatMap((better, i) => order.slice(i + 1).map((worse) => [better, worse] as const));
    return { features, pairs };
  });
}

function rewardOf(weights: ArrayLike<number>, x: Float64Array): number {
  return x.reduce((sum, value, j) => sum + value * (weights[j] ?? 0), 0);
}

describe('the Bradley-Terry loss', () => {
  it('is that computed by hand: three texts in a line, weight 1', () => {
    const features = [2, 1, 0].map((x) => Float64Array.of(x));
    const pairs = [[0, 1] as const, [0, 2] as const, [1, 2] as const];
    // −log σ(1), −log σ(2), −log σ(1), averaged over the three pairs.
    const expected = (2 * Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(-2))) / 3;
    expect(bradleyTerryLoss(Float64Array.of(1), [{ features, pairs }])).toBeCloseTo(expected, 12);
  });

  it('weighs a ranking of many pairs as much as one of few', () => {
    const many = {
      features: [1, 0, -1].map((x) => Float64Array.of(x)),
      pairs: [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const,
    };
    const few = { features: [0, 1].map((x) => Float64Array.of(x)), pairs: [[0, 1]] as const };
    const [a, b] = [bradleyTerryLoss(Float64Array.of(1), [many]), bradleyTerryLoss(Float64Array.of(1), [few])];
    expect(bradleyTerryLoss(Float64Array.of(1), [many, few])).toBeCloseTo((a + b) / 2, 12);
  });
});

describe('the fit', () => {
  it('ends where finite differences of the loss vanish', () => {
    const rankings = drawRankings([1, -0.5, 0.2], 30, 4, 1);
    const weights = fitBradleyTerry(rankings, { ridge: 0.05 });
    for (let j = 0; j < 3; j++) {
      const moved = (step: number) =>
        bradleyTerryLoss(
          weights.map((w, k) => (k === j ? w + step : w)),
          rankings,
          0.05,
        );
      expect(Math.abs(moved(1e-4) - moved(-1e-4)) / 2e-4).toBeLessThan(1e-7);
    }
  });

  it('predicts held-out rankings within 0.02 of the reward that they were drawn from', () => {
    const truth = [1.2, -0.8, 0.5, 0, 0.3];
    const held = drawRankings(truth, 400, 6, 3);
    const weights = fitBradleyTerry(drawRankings(truth, 200, 6, 2));
    const learned = pairAccuracy(({ features }) => features.map((x) => rewardOf(weights, x)), held);
    const best = pairAccuracy(({ features }) => features.map((x) => rewardOf(truth, x)), held);
    expect(best.accuracy).toBeGreaterThan(0.7);
    expect(Math.abs(learned.accuracy - best.accuracy)).toBeLessThan(0.02);
  });
});
