import type { Rng } from '../../random/rng.js';
import { zip } from '../../statistics/zip.js';

/** Prompts that compete to be a parent. */
const TOURNAMENT = 3;

/** On average `mutations` positions of a child are not inherited. */
export interface Breeding {
  readonly mutations: number;
  readonly rng: Rng;
}

/**
 * A child of prompts of one length, the best first: each position from one of two parents that won tournaments of
 * three, or what `fill` gives.
 */
export function childOf(
  parents: readonly (readonly number[])[],
  { mutations, rng }: Breeding,
  fill: () => number,
): number[] {
  // The parents are sorted, so the lowest of some random places has won.
  const winner = (): readonly number[] => {
    const places = Array.from({ length: TOURNAMENT }, () => rng.below(parents.length));
    return parents[Math.min(...places)]!;
  };
  const [mother, father] = [winner(), winner()];
  return Array.from(zip(mother, father), ([ofMother, ofFather]) => {
    const inherited = rng.below(2) === 0 ? ofMother : ofFather;
    return rng.float() < mutations / mother.length ? fill() : inherited;
  });
}
