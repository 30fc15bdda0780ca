import type { Rng } from '../random/rng.js';
import { drawPhrase, likeliestPhrase } from '../trainers/policy/phrase-scores.js';
import type { Actor } from './episodes.js';
import type { Choice, PhrasePolicy } from './phrase-policy.js';

/** Draws actions as likely as a policy has them. */
export function samplingActor(policy: PhrasePolicy, rng: Rng): Actor {
  return {
    async choose(_, observation, actions) {
      const choice = await policy.look(observation, actions);
      return { choice, action: drawPhrase(policy.logProbs(choice), rng) };
    },
  };
}

/**
 * Takes the likeliest action for one episode. In a situation that comes again it takes the next, until all were tried:
 * what led back once would do so to the end.
 */
export function greedyActor(policy: PhrasePolicy): Actor {
  const tried = new Map<Choice, Set<number>>();
  return {
    async choose(_, observation, actions) {
      const choice = await policy.look(observation, actions);
      const before = tried.get(choice) ?? new Set();
      if (before.size === actions.length) before.clear();
      const action = likeliestPhrase(
        policy.logProbs(choice).map((logProb, i) => (before.has(i) ? -Infinity : logProb)),
      );
      tried.set(choice, before.add(action));
      return { choice, action };
    },
  };
}
