import { distinct } from '../statistics/distinct.js';
import { mean } from '../statistics/mean.js';
import { zip } from '../statistics/zip.js';
import type { Step } from './episodes.js';
import type { PhrasePolicy } from './policy/phrase-policy.js';

interface Distribution {
  readonly logProbs: Float64Array;
  readonly entropy: number;
  /** d loss / d score of each action, [actions] */
  readonly slopes: Float64Array;
}

/**
 * One step of a policy over phrases down a loss of log π of what was done, less an entropy bonus.
 *
 * @param weightsOf d loss / d log π of each step, from log π of each step
 * @returns the mean entropy of the choices before the step, in nats
 */
export type PolicyStep = (weightsOf: (logProbs: number[]) => ArrayLike<number>) => number;

export function policyStep(
  policy: PhrasePolicy,
  steps: readonly Step[],
  { learningRate, entropyWeight }: { learningRate: number; entropyWeight: number },
): PolicyStep {
  const { items: choices, places } = distinct(steps.map(({ choice }) => choice));
  const visits = Array.from(zip(places, steps), ([place, { action }]) => ({ place, action }));
  return (weightsOf) => {
    let meanEntropy = 0;
    const slopesOf = (scores: Float64Array): Float64Array => {
      let start = 0;
      const distributions = choices.map((choice): Distribution => {
        const own = scores.subarray(start, start + choice.actions.length);
        start += choice.actions.length;
        const logProbs = policy.withTrained(choice, own);
        return { logProbs, entropy: entropyOf(logProbs), slopes: new Float64Array(own.length) };
      });
      const weights = weightsOf(visits.map(({ place, action }) => distributions[place]?.logProbs[action] ?? 0));
      for (const [i, { place, action }] of visits.entries()) {
        const distribution = distributions[place];
        if (distribution) addSlopes(distribution, action, weights[i] ?? 0, entropyWeight / steps.length);
      }
      meanEntropy = mean(visits.map(({ place }) => distributions[place]?.entropy ?? 0));
      return Float64Array.from(distributions.flatMap(({ slopes }) => [...slopes]));
    };
    policy.trained.descend(choices, slopesOf, learningRate);
    return meanEntropy;
  };
}

/** ∂ log π_a / ∂ score_k = 1[k = a] − π_k, and ∂ entropy / ∂ score_k = −π_k (log π_k + entropy). */
function addSlopes(
  { logProbs, entropy, slopes }: Distribution,
  action: number,
  weight: number,
  entropyWeight: number,
): void {
  for (const [k, logProb] of logProbs.entries()) {
    const share = Math.exp(logProb);
    const own = weight * ((k === action ? 1 : 0) - share) + entropyWeight * share * (logProb + entropy);
    slopes[k] = (slopes[k] ?? 0) + own;
  }
}

/** In nats. */
export function entropyOf(logProbs: Float64Array): number {
  return -logProbs.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0);
}
