/** What log-variance was tuned with, on the embedded model: with a prior it starts surer, and fewer moves decide it. */
const RATE = { withPrior: 1.5e-3, withoutPrior: 5e-3 };
const WIDTH = 256;

/**
 * The learning rate of a run that names none, for a generator LM of some hidden size, with the prior in the policy or without. The policy's MLP starts next to
 * zero and Adam moves each weight by about the rate r, so after n steps a logit has moved in proportion to
 * (n r)² ‖h‖₁ ‖w‖₁, with h the hidden state and w a column of the output head. Both norms grow with the hidden size: a
 * rate in inverse proportion to it lets policies of different models learn equally fast.
 */
export function defaultLearningRate(hiddenSize: number, { hasPrior }: { readonly hasPrior: boolean }): number {
  const rate = hasPrior ? RATE.withPrior : RATE.withoutPrior;
  return Number((rate * Math.min(1, WIDTH / hiddenSize)).toPrecision(2));
}
