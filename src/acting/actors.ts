import type { Rng } from '../random/rng.js';
import { drawPhrase, likeliestPhrase } from '../trainers/policy/phrase-scores.js';
import type { Chooser } from './episodes.js';
import type { Choice } from './policy/phrase-policy.js';

/** log π of each action in a task, [actions] */
export type LogProbs = (choice: Choice, task: string) => Float64Array | Promise<Float64Array>;

/** Draws actions as likely as a policy has them. */
export function drawingChooser(logProbs: LogProbs, rng: Rng): Chooser {
  return async (choice, task) => drawPhrase(await logProbs(choice, task), rng);
}

/** A policy of which a share looks at all actions alike. */
export function curious(logProbs: Float64Array, share: number): Float64Array {
  return logProbs.map((logProb) => Math.log((1 - share) * Math.exp(logProb) + share / logProbs.length));
}

/**
 * Takes the likeliest action for one episode. In a situation that comes again it takes the next, until all were tried:
 * what led back once would do so to the end.
 */
export function greedyChooser(logProbs: LogProbs): Chooser {
  const tried = new Map<Choice, Set<number>>();
  return async (choice, task) => {
    const before = tried.get(choice) ?? new Set();
    if (before.size === choice.actions.length) before.clear();
    const all = await logProbs(choice, task);
    const action = likeliestPhrase(all.map((logProb, i) => (before.has(i) ? -Infinity : logProb)));
    tried.set(choice, before.add(action));
    return action;
  };
}
