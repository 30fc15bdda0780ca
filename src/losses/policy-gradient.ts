import { cellCount, checkShapes, type Steps, spansOf } from './check-shapes.js';
import type { LossResult } from './types.js';

export interface PolicyGradientLossInput {
  readonly batch: number;
  readonly time: Steps;
  /** log π(a_t|s_t), [batch, time]. */
  readonly logProbs: ArrayLike<number>;
  /** Shaped reward of each whole prompt, [batch]. */
  readonly rewards: ArrayLike<number>;
  /** γ in [0, 1]: a token k places before the end is credited γ^k of the reward. @default 1 */
  readonly discount?: number;
  /** Steps of each prompt up to that end, [batch]; those after it are credited the whole reward. @default all */
  readonly ends?: readonly number[];
  /** @default 'leave-one-out' */
  readonly baseline?: 'leave-one-out' | 'none';
}

/**
 * REINFORCE (Williams 1992) with a per-token discount, as Taiga (Mazuz et al. 2023) uses it, and the leave-one-out baseline:
 *
 *     loss = −mean_i Σ_t γ^max(T_i−t, 0) (r_i − b_i) log π(a_t|s_t)        b_i = mean of r_j, j ≠ i
 *
 * The baseline is unbiased because b_i does not depend on prompt i. A batch of one has no others and b = 0.
 *
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function policyGradientLoss(input: PolicyGradientLossInput): LossResult {
  const { batch, time, logProbs, rewards, discount = 1, ends, baseline = 'leave-one-out' } = input;
  const cells = cellCount(batch, time);
  checkShapes(batch, time, {
    logProbs: [logProbs, cells],
    rewards: [rewards, batch],
    ...(ends && { ends: [ends, batch] }),
  });
  const total = Array.from(rewards).reduce((sum, reward) => sum + reward, 0);
  const hasBaseline = baseline === 'leave-one-out' && batch > 1;

  const weights = new Float64Array(cells);
  let loss = 0;
  for (const [row, { start, end }] of spansOf(batch, time).entries()) {
    const reward = rewards[row]!;
    const advantage = hasBaseline ? reward - (total - reward) / (batch - 1) : reward;
    const last = start + (ends?.[row] ?? end - start) - 1;
    let credit = 1;
    for (let cell = end - 1; cell >= start; cell--) {
      weights[cell] = -(credit * advantage) / batch;
      loss += weights[cell]! * logProbs[cell]!;
      if (cell <= last) credit *= discount;
    }
  }
  return { loss, weights };
}
