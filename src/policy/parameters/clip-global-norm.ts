import { type MlpParameters, PARAMETER_NAMES } from './mlp-parameters.js';

/** Keeps the clipped norm at or below the limit despite rounding, as the reference does. */
const NORM_EPSILON = 1e-6;

/**
 * Scales all gradients in place so that their common Euclidean norm is at most `maxNorm` (Pascanu et al., arXiv 1211.5063,
 * algorithm 1).
 *
 * @returns the norm before; when it is not finite the gradients are left as they are and must not be used
 */
export function clipGlobalNorm(gradients: MlpParameters, maxNorm: number): number {
  let squares = 0;
  for (const name of PARAMETER_NAMES) squares = addSquares(squares, gradients[name]);
  const norm = Math.sqrt(squares);
  const factor = maxNorm / (norm + NORM_EPSILON);
  if (!Number.isFinite(norm) || factor >= 1) return norm;
  for (const name of PARAMETER_NAMES) scale(gradients[name], factor);
  return norm;
}

function addSquares(sum: number, values: Float32Array): number {
  let squares = sum;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return squares;
}

function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor;
}
