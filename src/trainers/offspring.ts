import type { Rng } from '../random/rng.js';

/** Prompts that may become parents; a search that has fewer has nothing worth crossing yet. */
export const PARENTS = 32;
/** Prompts that compete to be a parent. */
const TOURNAMENT = 3;

/** A prompt in part: undefined where a token is still to be chosen. */
export type OpenPrompt = readonly (number | undefined)[];

/**
 * Children of scored prompts: each position from one of two parents that won tournaments of three, and on average
 * `mutations` positions left open.
 *
 * @param ranked prompts of one length, best first
 */
export function crossed(
  ranked: readonly (readonly number[])[],
  count: number,
  { mutations, rng }: { mutations: number; rng: Rng },
): OpenPrompt[] {
  const parents = ranked.slice(0, PARENTS);
  const parent = (): readonly number[] => {
    const places = Array.from({ length: TOURNAMENT }, () => rng.below(parents.length));
    return parents[Math.min(...places)]!;
  };
  return Array.from({ length: count }, () => {
    const [mother, father] = [parent(), parent()];
    return mother.map((tokenId, position) => {
      const inherited = rng.below(2) === 0 ? tokenId : father[position]!;
      return rng.float() < mutations / mother.length ? undefined : inherited;
    });
  });
}
