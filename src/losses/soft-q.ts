import { RlpromptError } from '../errors.js';
import { cellCount, checkShapes, type Span, type Steps, spansOf } from './check-shapes.js';
import type { LossResult } from './types.js';

export const SOFT_Q_KINDS = ['single-step', 'multi-step', 'both'] as const;
export type SoftQKind = (typeof SOFT_Q_KINDS)[number];

export interface SoftQLossInput {
  readonly batch: number;
  readonly time: Steps;
  /** A = log π(a_t|s_t) = Q − V of the policy, [batch, time]. */
  readonly logProbs: ArrayLike<number>;
  /** V̄ = logsumexp of the target network's logits, [batch, time]. */
  readonly targetValues: ArrayLike<number>;
  /** r, the shaped reward of each whole prompt, [batch]. */
  readonly rewards: ArrayLike<number>;
  readonly kind: SoftQKind;
  /**
   * Where the level of V comes from: the target network, or the batch, whose mean residual at each position is subtracted.
   * @default 'target'
   */
  readonly level?: 'target' | 'batch' | undefined;
}

/**
 * On-policy soft Q-learning by path consistency (Guo et al., arXiv 2106.07704, equations 9 and 11; RLPrompt,
 * arXiv 2205.12548, section 2.3). Summed over time, averaged over the batch, no factor 1/2:
 *
 * - `single-step`: Σ_t (A_t − (V̄_{t+1} − V̄_t))², the last term being (A_T − (r − V̄_T))²
 * - `multi-step`: Σ_t (Σ_{l≥t} A_l − (r − V̄_t))²
 * - `both`: the mean of the two, RLPrompt's default
 *
 * The level of V is not trained by any of them: only A carries a gradient. With `level: 'batch'` it is that at which the
 * residuals of a position have the mean 0, over the prompts that reach it; the multi-step residual of the first is then that of the log-variance loss.
 *
 * @throws RlpromptError E_LOSS_SHAPE, E_LOSS_KIND
 */
export function softQLoss(input: SoftQLossInput): LossResult {
  const { batch, time, logProbs, targetValues, rewards, kind } = input;
  const cells = cellCount(batch, time);
  checkShapes(batch, time, {
    logProbs: [logProbs, cells],
    targetValues: [targetValues, cells],
    rewards: [rewards, batch],
  });
  if (kind === 'single-step') return singleStep(input);
  if (kind === 'multi-step') return multiStep(input);
  if (kind === 'both') return meanOf(singleStep(input), multiStep(input));
  throw new RlpromptError({
    code: 'E_LOSS_KIND',
    exit: 'config',
    message: `soft Q-learning loss "${String(kind)}" does not exist; there are ${SOFT_Q_KINDS.join(', ')}`,
    next: `use "${SOFT_Q_KINDS[0]}"`,
  });
}

function singleStep({ batch, time, logProbs, targetValues, rewards, level }: SoftQLossInput): LossResult {
  const spans = spansOf(batch, time);
  const residuals = new Float64Array(cellCount(batch, time));
  for (const [row, { start, end }] of spans.entries()) {
    for (let cell = start; cell < end; cell++) {
      const next = cell + 1 < end ? targetValues[cell + 1]! : rewards[row]!;
      residuals[cell] = logProbs[cell]! - (next - targetValues[cell]!);
    }
  }
  return squares(residuals, spans, level);
}

function multiStep({ batch, time, logProbs, targetValues, rewards, level }: SoftQLossInput): LossResult {
  const spans = spansOf(batch, time);
  const residuals = new Float64Array(cellCount(batch, time));
  for (const [row, { start, end }] of spans.entries()) {
    let tail = 0;
    for (let cell = end - 1; cell >= start; cell--) {
      tail += logProbs[cell]!;
      residuals[cell] = tail - (rewards[row]! - targetValues[cell]!);
    }
  }
  const { loss, weights } = squares(residuals, spans, level);
  // A_l stands in the residual of every t ≤ l.
  for (const { start, end } of spans) {
    for (let cell = start + 1; cell < end; cell++) weights[cell]! += weights[cell - 1]!;
  }
  return { loss, weights };
}

/** Their sum over time, mean over the batch; the weights are the gradient with respect to the residuals, [batch, time]. */
function squares(residuals: Float64Array, spans: readonly Span[], level: SoftQLossInput['level']) {
  const weights = new Float64Array(residuals.length);
  const longest = spans.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  let loss = 0;
  for (let t = 0; t < longest; t++) {
    const cells = spans.flatMap(({ start, end }) => (start + t < end ? [start + t] : []));
    let mean = 0;
    if (level === 'batch') for (const cell of cells) mean += residuals[cell]! / cells.length;
    for (const cell of cells) {
      const residual = residuals[cell]! - mean;
      loss += (residual * residual) / spans.length;
      weights[cell] = (2 * residual) / spans.length;
    }
  }
  return { loss, weights };
}

function meanOf(first: LossResult, second: LossResult): LossResult {
  return {
    loss: (first.loss + second.loss) / 2,
    weights: first.weights.map((weight, cell) => (weight + second.weights[cell]!) / 2),
  };
}
