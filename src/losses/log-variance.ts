import { zip } from '../statistics/zip.js';
import { cellCount, checkShapes, type Steps, spansOf } from './check-shapes.js';
import type { LossResult } from './types.js';

export interface LogVarianceLossInput {
  readonly batch: number;
  readonly time: Steps;
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
  const cells = cellCount(batch, time);
  const spans = spansOf(batch, time);
  checkShapes(batch, time, { logProbs: [logProbs, cells], rewards: [rewards, batch] });
  if (priorLogProbs) checkShapes(batch, time, { priorLogProbs: [priorLogProbs, cells] });
  if (groups) checkShapes(batch, time, { groups: [groups, batch] });

  const deviations = Float64Array.from(spans, ({ start, end }, row) => {
    let sum = -rewards[row]!;
    for (let cell = start; cell < end; cell++) sum += logProbs[cell]! - (priorLogProbs?.[cell] ?? 0);
    return sum;
  });
  const weights = new Float64Array(cells);
  let loss = 0;
  for (const [{ start, end }, [deviation, mean]] of zip(spans, zip(deviations, groupMeans(deviations, groups)))) {
    const centred = deviation - mean;
    loss += (centred * centred) / batch;
    weights.fill((2 * centred) / batch, start, end);
  }
  return { loss, weights };
}

/** The mean over the group of each row, [batch]. */
function groupMeans(values: Float64Array, groups: ArrayLike<number> | undefined): Float64Array {
  if (!groups)
    return new Float64Array(values.length).fill(values.reduce((sum, value) => sum + value / values.length, 0));
  const sums = new Map<number, { total: number; count: number }>();
  const ofRow = Array.from(zip(values, Array.from(groups)), ([value, group]) => {
    const sum = sums.get(group) ?? { total: 0, count: 0 };
    sum.total += value;
    sum.count += 1;
    sums.set(group, sum);
    return sum;
  });
  return Float64Array.from(ofRow, ({ total, count }) => total / count);
}
