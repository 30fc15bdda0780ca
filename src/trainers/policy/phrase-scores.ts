import type { Rng } from '../../random/rng.js';
import { zip } from '../../statistics/zip.js';
import type { PromptPolicy } from './prompt-policy.js';

/** Rows through the LM at once. */
const CHUNK = 32;

/**
 * log p_LM of each phrase from the LM's start token, divided by its number of words (TWOSOME, arXiv 2401.14151, section 3.3:
 * division by tokens would favour words of many tokens, whose later tokens are nearly certain).
 *
 * @param lm the frozen LM; phrases are [tokens, words]
 */
export async function wordNormalisedScores(
  lm: PromptPolicy,
  phrases: readonly { readonly tokenIds: readonly number[]; readonly text: string }[],
): Promise<Float64Array> {
  const scores = new Float64Array(phrases.length);
  for (let start = 0; start < phrases.length; start += CHUNK) {
    const chunk = phrases.slice(start, start + CHUNK);
    const hidden = await lm.statesAlong(chunk.map(({ tokenIds }) => tokenIds));
    let place = start;
    for (const [{ tokenIds, text }, states] of zip(chunk, hidden)) {
      const { logProbs } = await lm.head.lmLogProbs(states, tokenIds);
      scores[place++] = logProbs.reduce((sum, value) => sum + value, 0) / text.split(/\s+/).length;
    }
  }
  return scores;
}

/** To mean 0 and standard deviation 1; all zero where there is no difference. */
export function standardisedScores(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score / scores.length, 0);
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2 / scores.length, 0));
  return scores.map((score) => (deviation > 0 ? (score - mean) / deviation : 0));
}

/** log softmax, [phrases] */
export function logSoftmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return logits.map((logit) => logit - largest - Math.log(sum));
}

export function drawPhrase(logProbs: Float64Array, rng: Rng): number {
  let left = rng.float();
  for (const [index, logProb] of logProbs.entries()) {
    left -= Math.exp(logProb);
    if (left < 0) return index;
  }
  return logProbs.length - 1;
}

/** Of equals the first. */
export function likeliestPhrase(logProbs: Float64Array): number {
  return logProbs.indexOf(logProbs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
}
