import type { Rng } from '../random/rng.js';
import { drawPhrase } from '../trainers/policy/phrase-scores.js';
import type { Actor } from './episodes.js';
import type { Choice, PhrasePolicy } from './phrase-policy.js';

/**
 * Acts by a policy. It remembers log π of the states it has been in, so it acts for one step of learning only.
 *
 * @param rng draws the actions; without one the likeliest is taken
 */
export function policyActor(policy: PhrasePolicy, rng?: Rng): Actor {
  const known = new Map<Choice, Float64Array>();
  return {
    async choose(_, observation, actions) {
      const choice = await policy.look(observation, actions);
      const logProbs = known.get(choice) ?? (await policy.logProbs([choice]))[0] ?? new Float64Array();
      known.set(choice, logProbs);
      return { choice, action: rng ? drawPhrase(logProbs, rng) : likeliest(logProbs) };
    },
  };
}

function likeliest(logProbs: Float64Array): number {
  return logProbs.indexOf(logProbs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
}
