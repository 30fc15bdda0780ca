import { REPORT_IT, RlpromptError } from '../../errors.js';
import type { LabelNormalisation } from '../../lm/model/types.js';

export interface ScoredLabel {
  /** log p of each token of the label, given what stands before it. */
  readonly tokenLogProbs: ArrayLike<number>;
  /** Number of whitespace-separated words of the label. */
  readonly words: number;
}

/**
 * Probabilities of labels of several tokens (TWOSOME, arXiv 2401.14151, equations 3 to 5): softmax over the labels of the summed
 * token log-probabilities, divided by 1 (`none`), the number of tokens (`token`) or the number of words (`word`).
 *
 * @returns [labels], summing to 1
 * @throws RlpromptError E_LABEL_SCORES
 */
export function labelProbabilities(labels: readonly ScoredLabel[], normalise: LabelNormalisation): number[] {
  const scores = labels.map((label, index) => {
    const divisor = { none: 1, token: label.tokenLogProbs.length, word: label.words }[normalise];
    if (!(divisor > 0) || label.tokenLogProbs.length === 0) {
      throw new RlpromptError({
        code: 'E_LABEL_SCORES',
        exit: 'internal',
        message: `label ${index} has ${label.tokenLogProbs.length} tokens and ${label.words} words; normalise is "${normalise}"`,
        next: REPORT_IT,
      });
    }
    return Array.from(label.tokenLogProbs).reduce((sum, logProb) => sum + logProb, 0) / divisor;
  });
  const largest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}
