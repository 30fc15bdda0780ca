import { type MlpParameters, PARAMETER_NAMES } from './mlp-parameters.js';

/** Keeps the clipped norm at or below the limit despite rounding, as the reference does. */
const NORM_EPSILON = 1e-6;

/**
 * By what all gradients are to be multiplied so that their common Euclidean norm is at most `maxNorm` (Pascanu et al., arXiv
 * 1211.5063, algorithm 1).
 *
 * @returns the norm as it is, and the factor; where the norm is not finite the gradients must not be used
 */
export function clipGlobalNorm(gradients: MlpParameters, maxNorm: number): { norm: number; factor: number } {
  let squares = 0;
  for (const name of PARAMETER_NAMES) squares = addSquares(squares, gradients[name]);
  const norm = Math.sqrt(squares);
  return { norm, factor: Math.min(1, maxNorm / (norm + NORM_EPSILON)) };
}

function addSquares(sum: number, values: Float32Array): number {
  let squares = sum;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return squares;
}
