import { largest } from './extremes.js';

/** Probabilities in proportion to e^score, [n]. Equal shifts of all scores change nothing. */
export function softmax(scores: ArrayLike<number>): number[] {
  const all = Array.from(scores);
  const highest = largest(all);
  const powers = all.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
