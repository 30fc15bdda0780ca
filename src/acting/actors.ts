import type { Rng } from '../random/rng.js';
import { drawPhrase } from '../trainers/policy/phrase-scores.js';
import type { Actor } from './episodes.js';
import type { PhrasePolicy } from './phrase-policy.js';

/**
 * Acts by a policy.
 *
 * @param rng draws the actions; without one the likeliest is taken
 */
export function policyActor(policy: PhrasePolicy, rng?: Rng): Actor {
  return {
    async choose(_, observation, actions) {
      const choice = await policy.look(observation, actions);
      const logProbs = policy.logProbs(choice);
      return { choice, action: rng ? drawPhrase(logProbs, rng) : likeliest(logProbs) };
    },
  };
}

function likeliest(logProbs: Float64Array): number {
  return logProbs.indexOf(logProbs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
}
