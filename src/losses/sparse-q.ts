import { cellCount, checkShapes, type Steps, spansOf } from './check-shapes.js';

export interface SparseQLossInput {
  readonly batch: number;
  readonly time: Steps;
  /** Q(s_t, a_t), the logits of the chosen tokens, [batch, time]. */
  readonly qValues: ArrayLike<number>;
  /** Shaped reward of each whole prompt, [batch]; its scale is one over the Tsallis temperature. */
  readonly rewards: ArrayLike<number>;
  /** γ in [0, 1]. @default 1 */
  readonly discount?: number;
}

export interface SparseQLossResult {
  readonly loss: number;
  /** [batch, time]: d loss / d Q(s_t, a_t); unlike the other losses', not with respect to log π. */
  readonly qWeights: Float64Array;
}

/**
 * The Monte-Carlo form of sparse (Tsallis) Q-learning that PIN trains with (arXiv 2407.14733):
 *
 *     loss = mean_i Σ_t (Q(s_t, a_t) − γ^(T−t) r_i)²
 *
 * The policy belonging to it is `sparsemax` of the logits. Every prompt has its own regression goal, whoever proposed it, so
 * it is valid off-policy.
 *
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function sparseQLoss(input: SparseQLossInput): SparseQLossResult {
  const { batch, time, qValues, rewards, discount = 1 } = input;
  const cells = cellCount(batch, time);
  checkShapes(batch, time, { qValues: [qValues, cells], rewards: [rewards, batch] });
  const qWeights = new Float64Array(cells);
  let loss = 0;
  for (const [row, { start, end }] of spansOf(batch, time).entries()) {
    let goal = rewards[row]!;
    for (let cell = end - 1; cell >= start; cell--) {
      const residual = qValues[cell]! - goal;
      loss += (residual * residual) / batch;
      qWeights[cell] = (2 * residual) / batch;
      goal *= discount;
    }
  }
  return { loss, qWeights };
}
