import type { Rng } from '../../random/rng.js';
import { solvePositiveDefinite } from './cholesky.js';
import { Standardiser } from './standardiser.js';

export interface EnsembleOptions {
  readonly members: number;
  /** λ for each feature: the penalty is ridge · features · ‖w‖², as the features have variance 1. */
  readonly ridge: number;
}

export interface Prediction {
  readonly mean: number;
  /** Standard deviation over the members: how little is known here. */
  readonly deviation: number;
}

interface Member {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * Ridge regressions, each on a bootstrap sample: w = Xᵀ α with (X Xᵀ + λ C⁻¹) α = y − ȳ, where C holds how often each point was
 * drawn. The dual form: there are hundreds of points, and there may be thousands of features.
 */
export class RidgeEnsemble {
  private constructor(
    private readonly scale: Standardiser,
    private readonly members: readonly Member[],
  ) {}

  /** @param points features of each point, all of one length; @param values what is to be predicted, [points] */
  static fit(
    points: readonly Float32Array[],
    values: readonly number[],
    rng: Rng,
    { members, ridge }: EnsembleOptions,
  ): RidgeEnsemble {
    const scale = Standardiser.of(points);
    const rows = points.map((point) => scale.apply(point));
    const gram = innerProducts(rows);
    const penalty = ridge * rows[0]!.length;
    return new RidgeEnsemble(
      scale,
      Array.from({ length: members }, () => fitMember(rows, gram, values, drawCounts(rows.length, rng), penalty)),
    );
  }

  predict(point: Float32Array): Prediction {
    const row = this.scale.apply(point);
    const outputs = this.members.map(({ weights, intercept }) => intercept + dot(row, weights));
    const mean = outputs.reduce((sum, output) => sum + output / outputs.length, 0);
    const variance = outputs.reduce((sum, output) => sum + (output - mean) ** 2 / outputs.length, 0);
    return { mean, deviation: Math.sqrt(variance) };
  }
}

/** How often each of `count` points comes in as many draws. */
function drawCounts(count: number, rng: Rng): Uint32Array {
  const counts = new Uint32Array(count);
  for (let draw = 0; draw < count; draw++) counts[rng.below(count)]! += 1;
  return counts;
}

function fitMember(
  rows: readonly Float64Array[],
  gram: Float64Array,
  values: readonly number[],
  counts: Uint32Array,
  penalty: number,
): Member {
  const drawn = [...counts.keys()].filter((point) => counts[point]! > 0);
  const intercept = drawn.reduce((sum, point) => sum + (counts[point]! * values[point]!) / rows.length, 0);
  const n = drawn.length;
  const matrix = new Float64Array(n * n);
  drawn.forEach((point, i) => {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = gram[point * rows.length + drawn[j]!]!;
    matrix[i * n + i]! += penalty / counts[point]!;
  });
  const alpha = solvePositiveDefinite(
    matrix,
    Float64Array.from(drawn, (point) => values[point]! - intercept),
  );
  const weights = new Float64Array(rows[0]!.length);
  drawn.forEach((point, i) => {
    const row = rows[point]!;
    for (let feature = 0; feature < weights.length; feature++) weights[feature]! += alpha[i]! * row[feature]!;
  });
  return { weights, intercept };
}

/** [n, n]; only the lower half is filled. */
function innerProducts(rows: readonly Float64Array[]): Float64Array {
  const products = new Float64Array(rows.length ** 2);
  rows.forEach((row, i) => {
    for (let j = 0; j <= i; j++) products[i * rows.length + j] = dot(row, rows[j]!);
  });
  return products;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
