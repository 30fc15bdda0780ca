import { softmax } from '../../statistics/softmax.js';
import { zip } from '../../statistics/zip.js';

/** Which of two texts a judge prefers, asked in both orders. */
export interface Preference {
  /** Probability that the first text is the better one: p = (p_ab(1) + p_ba(2)) / 2. */
  readonly p: number;
  /** |p_ab(1) - p_ba(2)|: 0 where the order of the texts does not matter, up to 1. */
  readonly inconsistency: number;
  /** The judge gives the same answer after the texts were swapped: it chose a place, not a text. */
  readonly isSwayed: boolean;
}

/**
 * Soft labels of both orders averaged (Lee et al., RLAIF, arXiv 2309.00267, section 2.1 and "Position Bias").
 *
 * @param whenFirst probability of the answer "1" with the first text as text 1
 * @param whenSecond probability of the answer "1" with the second text as text 1
 */
export function preferenceOf(whenFirst: number, whenSecond: number): Preference {
  const swapped = 1 - whenSecond;
  return {
    p: (whenFirst + swapped) / 2,
    inconsistency: Math.abs(whenFirst - swapped),
    isSwayed: whenFirst > 0.5 !== swapped > 0.5,
  };
}

/** A preference drawn toward a tie by how much it depends on the order: 1/2 + (1 - inconsistency) (p - 1/2). */
export function downWeighted({ p, inconsistency }: Preference): number {
  return 0.5 + (1 - inconsistency) * (p - 0.5);
}

/** Expected score Σ_i i P(i) over 1 … n (RLAIF, section 2.2.3, "d-RLAIF"). @param probabilities [n], summing to 1 */
export function expectedScore(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p, i) => sum + (i + 1) * p, 0);
}

/** A score from 1 to 10 on [-1, 1]: 2 (s - 1) / 9 - 1. */
export function normalisedScore(score: number): number {
  return (2 * (score - 1)) / 9 - 1;
}

/**
 * Probabilities of words as whole answers, from those of their tokens alone: "1" is the beginning of "10" where a
 * tokenizer cuts that into "1" and "0", and what continues to "10" does not count for "1".
 *
 * @param logProbs sums of token log-probabilities, [words]
 * @param tokenIds tokens of each word
 */
export function wholeWordProbabilities(
  logProbs: readonly number[],
  tokenIds: readonly (readonly number[])[],
): number[] {
  const masses = softmax(logProbs);
  const words = [...zip(masses, tokenIds)];
  const whole = words.map(([mass, own]) => {
    const longer = words.filter(([, ids]) => isLonger(ids, own));
    return Math.max(
      0,
      longer.reduce((left, [other]) => left - other, mass),
    );
  });
  const sum = whole.reduce((a, b) => a + b, 0);
  return whole.map((mass) => mass / sum);
}

function isLonger(ids: readonly number[], beginning: readonly number[]): boolean {
  return ids.length > beginning.length && beginning.every((id, i) => ids[i] === id);
}
