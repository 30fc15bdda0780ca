import { REPORT_IT, RlpromptError } from '../../errors.js';

export interface ClassificationGap {
  /** p(label) − the largest probability of any other class. */
  readonly gap: number;
  /** gap × the coefficient of a right or a wrong answer. */
  readonly reward: number;
  /** gap > 0: a tie is not correct. */
  readonly correct: boolean;
}

/**
 * Reward of one example (RLPrompt, arXiv 2205.12548, section 4.1): the gap to the best rival, times λ₂ = `correct` when
 * positive and λ₁ = `incorrect` otherwise. The rival is found by its index: a class that merely has the same probability
 * is still a rival.
 *
 * @param probabilities of every class, [classes]
 * @param label index of the true class
 * @throws RlpromptError E_GAP_INPUT
 */
export function classificationGap(
  probabilities: ArrayLike<number>,
  label: number,
  { correct = 200, incorrect = 180 }: { correct?: number; incorrect?: number } = {},
): ClassificationGap {
  const own = Number.isInteger(label) ? probabilities[label] : undefined;
  if (own === undefined || probabilities.length < 2) {
    throw new RlpromptError({
      code: 'E_GAP_INPUT',
      exit: 'internal',
      message: `label ${label} has no rival among ${probabilities.length} classes`,
      next: REPORT_IT,
    });
  }
  let rival = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < probabilities.length; index++) {
    if (index !== label) rival = Math.max(rival, probabilities[index]!);
  }
  const gap = own - rival;
  const isCorrect = gap > 0;
  return { gap, reward: gap * (isCorrect ? correct : incorrect), correct: isCorrect };
}
