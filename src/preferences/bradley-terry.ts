import { giveWay } from '../give-way.js';
import { addGram, combine } from '../statistics/add-gram.js';
import { dot } from '../statistics/dot.js';
import { solveSymmetric } from '../statistics/solve-symmetric.js';

/** One ranking as the model sees it: a feature vector per text, and which text is preferred to which. */
export interface RankedFeatures {
  /** [items][features]. */
  readonly features: readonly Float64Array[];
  readonly pairs: readonly (readonly [better: number, worse: number])[];
}

export interface FitOptions {
  /** Weight of ½‖w‖² beside the mean loss per ranking. @default 0.01 */
  readonly ridge?: number;
  /** Steps of Newton's method. @default 20 */
  readonly iterations?: number;
}

/**
 * Fits a linear reward r = w·x to rankings (Bradley and Terry; Ouyang et al. 2022): the weights that minimise the mean over
 * rankings of −1/P Σ log σ(r_better − r_worse), P the number of pairs, and the ridge. All pairs of one ranking together weigh
 * as much as one ranking: they share its texts and are not independent. Newton's method from zero is deterministic and, the
 * loss being convex, finds the only minimum. Other work of the program gets its turn in between.
 * @returns [features]
 */
export async function fitBradleyTerry(
  rankings: readonly RankedFeatures[],
  { ridge = 0.01, iterations = 20 }: FitOptions = {},
): Promise<Float64Array> {
  const used = rankings.filter(({ pairs }) => pairs.length > 0);
  const width = used[0]?.features[0]?.length ?? 0;
  let weights = new Float64Array(width);
  for (let i = 0; i < iterations; i++) {
    const { gradient, hessian } = await derivatives(weights, used, ridge);
    if (Math.sqrt(dot(gradient, gradient)) < 1e-10) break;
    const [step = []] = await solveSymmetric(hessian, [gradient]);
    weights = weights.map((w, j) => w - at(step, j));
  }
  return weights;
}

/** Share of the pairs whose preferred text has the larger reward; a tie counts half. */
export function pairAccuracy(
  rewardsOf: (ranking: RankedFeatures) => readonly number[],
  rankings: readonly RankedFeatures[],
): {
  accuracy: number;
  pairs: number;
} {
  let [right, pairs] = [0, 0];
  for (const ranking of rankings) {
    const rewards = rewardsOf(ranking);
    for (const [better, worse] of ranking.pairs) {
      const gap = at(rewards, better) - at(rewards, worse);
      right += gap > 0 ? 1 : gap === 0 ? 0.5 : 0;
      pairs += 1;
    }
  }
  return { accuracy: pairs === 0 ? 0 : right / pairs, pairs };
}

async function derivatives(
  weights: Float64Array,
  rankings: readonly RankedFeatures[],
  ridge: number,
): Promise<{ gradient: Float64Array; hessian: Float64Array }> {
  const width = weights.length;
  const gradient = weights.map((w) => ridge * w);
  const hessian = new Float64Array(width * width);
  for (let j = 0; j < width; j++) hessian[j * width + j] = ridge;
  for (const ranking of rankings) {
    await giveWay();
    addDerivatives(ranking, weights, rankings.length, { gradient, hessian });
  }
  return { gradient, hessian };
}

/**
 * Adds those of one ranking. Its pairs are summed over its texts first, as a Laplacian matrix of their curvatures: that takes
 * one outer product per text, where one per pair would be four times as many for nine texts.
 */
function addDerivatives(
  { features, pairs }: RankedFeatures,
  weights: Float64Array,
  rankings: number,
  { gradient, hessian }: { gradient: Float64Array; hessian: Float64Array },
): void {
  const count = features.length;
  const share = 1 / (pairs.length * rankings);
  const rewards = features.map((x) => dot(weights, x));
  const slopes = new Float64Array(count);
  const laplacian = new Float64Array(count * count);
  for (const [better, worse] of pairs) {
    const wrong = sigmoid(at(rewards, worse) - at(rewards, better));
    const curvature = share * wrong * (1 - wrong);
    for (const [item, other, sign] of [
      [better, worse, -1],
      [worse, better, 1],
    ] as const) {
      slopes[item] = at(slopes, item) + sign * share * wrong;
      laplacian[item * count + item] = at(laplacian, item * count + item) + curvature;
      laplacian[item * count + other] = at(laplacian, item * count + other) - curvature;
    }
  }
  for (const [j, slope] of combine(slopes, features).entries()) gradient[j] = at(gradient, j) + slope;
  addGram(hessian, features, laplacian);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
