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
  /** Rows with a log Z of their own, such as the prompts of one input: a number each, [batch]. Left out: one group. */
  readonly groups?: ArrayLike<number> | undefined;
}

/**
 * Log-variance divergence (VarGrad: Richter et al., arXiv 2010.10436, equation 7; in GFlowNet terms trajectory
 * balance whose log Z is the batch mean):
 *
 *     D_i = Σ_t log(π/p₀)(a_t) − r_i        loss = mean_i (D_i − mean_j D_j)²
 *
 * Its minimum is π ∝ p₀·e^r. It needs no value and no target network, and it is valid off-policy: the prompts may
 * come from anywhere. The gradient through the mean vanishes, so weights = 2 (D_i − mean D) / batch at every t.
 * A batch of one has nothing to compare and gives zero. With `groups` the mean is that of a row's group.
 *
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function logVarianceLoss(input: LogVarianceLossInput): LossResult {
  const { batch, time, logProbs, priorLogProbs, rewards, groups } = input;
  const cells = batch * time;
  checkShapes(batch, time, { logProbs: [logProbs, cells], rewards: [rewards, batch] });
  if (priorLogProbs) checkShapes(batch, time, { priorLogProbs: [priorLogProbs, cells] });
  if (groups) checkShapes(batch, time, { groups: [groups, batch] });

  const deviations = Float64Array.from({ length: batch }, (_, row) => {
    let sum = -rewards[row]!;
    for (let cell = row * time; cell < (row + 1) * time; cell++) sum += logProbs[cell]! - (priorLogProbs?.[cell] ?? 0);
    return sum;
  });
  const means = groupMeans(deviations, groups);

  const weights = new Float64Array(cells);
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    const centred = deviations[row]! - means(row);
    loss += (centred * centred) / batch;
    weights.fill((2 * centred) / batch, row * time, (row + 1) * time);
  }
  return { loss, weights };
}

/** The mean over the group of a row. */
function groupMeans(values: Float64Array, groups: ArrayLike<number> | undefined): (row: number) => number {
  if (!groups) {
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    return () => mean;
  }
  const sums = new Map<number, { total: number; count: number }>();
  values.forEach((value, row) => {
    const { total, count } = sums.get(groups[row]!) ?? { total: 0, count: 0 };
    sums.set(groups[row]!, { total: total + value, count: count + 1 });
  });
  return (row) => sums.get(groups[row]!)!.total / sums.get(groups[row]!)!.count;
}
