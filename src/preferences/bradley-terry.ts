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
 * loss being convex, finds the only minimum.
 * @returns [features]
 */
export function fitBradleyTerry(
  rankings: readonly RankedFeatures[],
  { ridge = 0.01, iterations = 20 }: FitOptions = {},
): Float64Array {
  const used = rankings.filter(({ pairs }) => pairs.length > 0);
  const width = used[0]?.features[0]?.length ?? 0;
  let weights = new Float64Array(width);
  for (let i = 0; i < iterations; i++) {
    const { gradient, hessian } = derivatives(weights, used, ridge);
    if (Math.sqrt(dot(gradient, gradient)) < 1e-10) break;
    const step = solve(hessian, gradient, width);
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

function derivatives(
  weights: Float64Array,
  rankings: readonly RankedFeatures[],
  ridge: number,
): { gradient: Float64Array; hessian: Float64Array } {
  const width = weights.length;
  const gradient = weights.map((w) => ridge * w);
  const hessian = new Float64Array(width * width);
  for (let j = 0; j < width; j++) hessian[j * width + j] = ridge;
  for (const { features, pairs } of rankings) {
    const share = 1 / (pairs.length * rankings.length);
    for (const [better, worse] of pairs) {
      const difference = subtract(features[better], features[worse]);
      const wrong = sigmoid(-dot(weights, difference));
      const curvature = share * wrong * (1 - wrong);
      for (let j = 0; j < width; j++) {
        const d = at(difference, j);
        gradient[j] = at(gradient, j) - share * wrong * d;
        for (let k = 0; k <= j; k++) {
          hessian[j * width + k] = at(hessian, j * width + k) + curvature * d * at(difference, k);
        }
      }
    }
  }
  return { gradient, hessian };
}

/** Solves H x = g by Cholesky's factors of the lower half of H, which the ridge keeps positive definite. */
function solve(hessian: Float64Array, gradient: Float64Array, width: number): Float64Array {
  const factor = Float64Array.from(hessian);
  for (let j = 0; j < width; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = at(factor, j * width + k);
      for (let l = 0; l < k; l++) sum -= at(factor, j * width + l) * at(factor, k * width + l);
      factor[j * width + k] = j === k ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / at(factor, k * width + k);
    }
  }
  const x = Float64Array.from(gradient);
  for (let j = 0; j < width; j++) {
    for (let l = 0; l < j; l++) x[j] = at(x, j) - at(factor, j * width + l) * at(x, l);
    x[j] = at(x, j) / at(factor, j * width + j);
  }
  for (let j = width - 1; j >= 0; j--) {
    for (let l = j + 1; l < width; l++) x[j] = at(x, j) - at(factor, l * width + j) * at(x, l);
    x[j] = at(x, j) / at(factor, j * width + j);
  }
  return x;
}

function subtract(a: Float64Array | undefined, b: Float64Array | undefined): Float64Array {
  if (!a || !b) throw new RangeError('a pair names a text that the ranking does not have');
  return a.map((value, j) => value - at(b, j));
}

/** a·b, both of the same length. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += at(a, j) * at(b, j);
  return sum;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
