import type { Rng } from '../../random/rng.js';

/** Prompts of the replay that may become parents; a replay that has fewer has nothing worth crossing yet. */
export const PARENTS = 32;
/** Prompts that compete to be a parent. */
const TOURNAMENT = 3;

/** A prompt in part: undefined where a token is still to be chosen. */
export type OpenPrompt = readonly (number | undefined)[];

/** On average `mutations` positions of a child are not inherited. */
export interface Breeding {
  readonly mutations: number;
  readonly rng: Rng;
}

/**
 * A child of prompts of one length, the best first: each position from one of two parents that won tournaments of
 * three, or what `fill` gives.
 */
export function childOf<Token>(
  parents: readonly (readonly number[])[],
  { mutations, rng }: Breeding,
  fill: () => Token,
): (number | Token)[] {
  // The parents are sorted, so the lowest of some random places has won.
  const winner = (): readonly number[] => {
    const places = Array.from({ length: TOURNAMENT }, () => rng.below(parents.length));
    return parents[Math.min(...places)]!;
  };
  const [mother, father] = [winner(), winner()];
  return mother.map((tokenId, position) => {
    const inherited = rng.below(2) === 0 ? tokenId : father[position]!;
    return rng.float() < mutations / mother.length ? fill() : inherited;
  });
}

/**
 * Children of the best prompts of a replay, open where nothing is inherited.
 *
 * @param ranked prompts of one length, best first
 */
export function crossed(ranked: readonly (readonly number[])[], count: number, breeding: Breeding): OpenPrompt[] {
  const parents = ranked.slice(0, PARENTS);
  return Array.from({ length: count }, () => childOf(parents, breeding, () => undefined));
}
