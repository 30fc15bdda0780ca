import { checkShapes } from './check-shapes.js';
import type { LossResult } from './types.js';

export interface LogVarianceLossInput {
  readonly batch: number;
  readonly time: number;
  /** log π(a_t|s_t), [batch, time]. */
  readonly logProbs: ArrayLike<number>;
  /** log p₀(a_t|s_t), [batch, time]. Left out: a uniform prior, which cancels for prompts of one length. */
  readonly priorLogProbs?: ArrayLike<number> | undefined;
  /** Shaped reward of each whole prompt, [batch]. */
  readonly rewards: ArrayLike<number>;
}

/**
 * Log-variance divergence (VarGrad: Richter et al., arXiv 2010.10436, equation 7; in GFlowNet terms trajectory
 * balance whose log Z is the batch mean):
 *
 *     D_i = Σ_t log(π/p₀)(a_t) − r_i        loss = mean_i (D_i − mean_j D_j)²
 *
 * Its minimum is π ∝ p₀·e^r. It needs no value and no target network, and it is valid off-policy: the prompts may
 * come from anywhere. The gradient through the mean vanishes, so weights = 2 (D_i − mean D) / batch at every t.
 * A batch of one has nothing to compare and gives zero.
 *
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function logVarianceLoss(input: LogVarianceLossInput): LossResult {
  const { batch, time, logProbs, priorLogProbs, rewards } = input;
  const cells = batch * time;
  checkShapes(batch, time, { logProbs: [logProbs, cells], rewards: [rewards, batch] });
  if (priorLogProbs) checkShapes(batch, time, { priorLogProbs: [priorLogProbs, cells] });

  const deviations = Float64Array.from({ length: batch }, (_, row) => {
    let sum = -rewards[row]!;
    for (let cell = row * time; cell < (row + 1) * time; cell++) sum += logProbs[cell]! - (priorLogProbs?.[cell] ?? 0);
    return sum;
  });
  const mean = deviations.reduce((sum, value) => sum + value / batch, 0);

  const weights = new Float64Array(cells);
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    const centred = deviations[row]! - mean;
    loss += (centred * centred) / batch;
    weights.fill((2 * centred) / batch, row * time, (row + 1) * time);
  }
  return { loss, weights };
}
