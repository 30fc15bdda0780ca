export interface Sparsemax {
  /** max(z − τ, 0), [entries]; sums to 1. */
  readonly probabilities: Float64Array;
  /** τ */
  readonly threshold: number;
  /** spmax(z) = ½ (Σ_{i∈S} (z_i² − τ²) + 1), the value function of the sparse policy. */
  readonly value: number;
}

/**
 * The policy that maximises Σ p z + ½ (1 − Σ p²) (Martins & Astudillo, arXiv 1602.02068, equation 3; as a policy, Tsallis
 * entropy of index 2: Lee et al., arXiv 1709.06293): with z sorted downwards, S = {i : 1 + i·z_(i) > Σ_{j≤i} z_(j)} and
 * τ = (Σ_S z − 1) / |S|. Entries more than 1 below the largest always get exactly zero.
 */
export function sparsemax(logits: ArrayLike<number>): Sparsemax {
  const all = Float64Array.from(logits);
  const largest = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sorted = all.filter((logit) => logit > largest - 1).sort((a, b) => b - a);
  let sum = 0;
  let supportSum = 0;
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i]!;
    if (1 + (i + 1) * sorted[i]! <= sum) break;
    supportSum = sum;
    size = i + 1;
  }
  const threshold = (supportSum - 1) / size;
  const squares = sorted.subarray(0, size).reduce((total, z) => total + z * z - threshold * threshold, 0);
  return {
    probabilities: all.map((logit) => Math.max(logit - threshold, 0)),
    threshold,
    value: (squares + 1) / 2,
  };
}
