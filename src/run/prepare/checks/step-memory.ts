import type { RunConfig } from '../../../config/run-config.js';

/** Logits, log-probabilities and their gradient exist at once. */
const LOGIT_COPIES = 3;
/** The inner layer's activations and their gradient: the backward pass takes all tokens of a step at once. */
const INNER_COPIES = 2;
/** Both matrices of the policy: their weights, the target network's, gradients, and the two averages of Adam. */
const MATRIX_COPIES = 2 * 5;

export type StepSize = Pick<RunConfig, 'promptsPerStep' | 'promptLength' | 'innerSize'>;

/** Bytes that the policy and the largest arrays of a step take. */
export function stepBytes(
  { promptsPerStep, promptLength, innerSize }: StepSize,
  { hiddenSize, vocabularySize }: { readonly hiddenSize: number; readonly vocabularySize: number },
): number {
  const perToken = LOGIT_COPIES * vocabularySize + INNER_COPIES * innerSize;
  return 4 * (promptsPerStep * promptLength * perToken + MATRIX_COPIES * hiddenSize * innerSize);
}
