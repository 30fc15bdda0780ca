import { dot } from './dot.js';

/** Of the angle between two vectors. Two that are zero throughout are alike. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.sqrt(dot(a, a) * dot(b, b));
  return length === 0 ? Number(dot(a, a) === dot(b, b)) : dot(a, b) / length;
}
