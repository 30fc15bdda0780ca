import { describe, expect, it } from 'vitest';
import { fitBradleyTerry, pairAccuracy, type RankedFeatures } from '../../src/preferences/bradley-terry.js';
import { Rng } from '../../src/random/rng.js';
import { mean } from '../../src/statistics/mean.js';

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

/** The ridged loss by its definition. */
function lossOf(weights: Float64Array, rankings: readonly RankedFeatures[], ridge: number): number {
  const losses = rankings.map(({ features, pairs }) => {
    const rewards = features.map((x) => rewardOf(weights, x));
    return mean(pairs.map(([better, worse]) => Math.log(1 + Math.exp(rewards[worse]! - rewards[better]!))));
  });
  return mean(losses) + (ridge / 2) * weights.reduce((sum, w) => sum + w * w, 0);
}

describe('the fit', () => {
  it('is that computed by hand: one pair, one feature that differs by 1', async () => {
    const features = [1, 0].map((x) => Float64Array.of(x));
    const [weight = Number.NaN] = await fitBradleyTerry([{ features, pairs: [[0, 1]] }], { ridge: 0.25 });
    // −d/dw log σ(w) = 1 / (1 + e^w) is the ridge's slope w / 4 there, which bisection finds at 1.0426
    let [low, high] = [0, 4];
    while (high - low > 1e-14) {
      const middle = (low + high) / 2;
      [low, high] = 1 / (1 + Math.exp(middle)) > middle / 4 ? [middle, high] : [low, middle];
    }
    expect(weight).toBeCloseTo(low, 10);
  });

  it('ends where finite differences of the loss vanish, in which a ranking of many pairs weighs as much as one of few', async () => {
    const rankings = [...drawRankings([1, -0.5, 0.2], 15, 6, 1), ...drawRankings([1, -0.5, 0.2], 15, 2, 2)];
    const weights = await fitBradleyTerry(rankings, { ridge: 0.05 });
    for (let j = 0; j < 3; j++) {
      const moved = (step: number) =>
        lossOf(
          weights.map((w, k) => (k === j ? w + step : w)),
          rankings,
          0.05,
        );
      expect(Math.abs(moved(1e-4) - moved(-1e-4)) / 2e-4).toBeLessThan(1e-7);
    }
  });

  it('leaves signals and the screen their turn, and gives the same numbers whenever they take it', async () => {
    const truth = Array.from({ length: 80 }, (_, j) => (j % 3) - 1);
    const rankings = drawRankings(truth, 100, 9, 4);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const weights = await fitBradleyTerry(rankings);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    expect(await fitBradleyTerry(rankings)).toEqual(weights);
  });

  it('predicts held-out rankings within 0.02 of the reward that they were drawn from', async () => {
    const truth = [1.2, -0.8, 0.5, 0, 0.3];
    const held = drawRankings(truth, 400, 6, 3);
    const weights = await fitBradleyTerry(drawRankings(truth, 200, 6, 2));
    const learned = pairAccuracy(({ features }) => features.map((x) => rewardOf(weights, x)), held);
    const best = pairAccuracy(({ features }) => features.map((x) => rewardOf(truth, x)), held);
    expect(best.accuracy).toBeGreaterThan(0.7);
    expect(Math.abs(learned.accuracy - best.accuracy)).toBeLessThan(0.02);
  });
});
