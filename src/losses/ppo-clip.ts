import { cellCount, checkShapes, type Steps } from './check-shapes.js';
import type { LossResult } from './types.js';

export interface PpoClipLossInput {
  readonly batch: number;
  readonly time: Steps;
  /** log π(a_t|s_t) of the policy being trained, [batch, time]. */
  readonly logProbs: ArrayLike<number>;
  /** log π_old(a_t|s_t) of the policy that chose the tokens, [batch, time]. */
  readonly oldLogProbs: ArrayLike<number>;
  /** [batch, time]. */
  readonly advantages: ArrayLike<number>;
  /** ε of the clip. @default 0.2 */
  readonly clip?: number;
}

export interface PpoClipLossResult extends LossResult {
  /** Share of tokens whose ratio was clipped, hence without a gradient. */
  readonly clipFraction: number;
  /** mean(ρ − 1 − log ρ), an estimate of KL(π_old ‖ π) in nats a token that is never negative. */
  readonly approximateKl: number;
}

/** exp of more than this is of no use to a ratio that is clipped at 1 ± ε, and overflows soon after. */
const LARGEST_LOG_RATIO = 30;

/**
 * Proximal policy optimisation, the clipped surrogate (Schulman et al., arXiv 1707.06347, equation 7), averaged over
 * all tokens, with ρ = π/π_old:
 *
 *     loss = −mean_{i,t} min(ρ Â, clip(ρ, 1−ε, 1+ε) Â)
 *
 * weights = −ρ Â / (batch · time) where the unclipped term is the smaller one, else 0.
 *
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function ppoClipLoss(input: PpoClipLossInput): PpoClipLossResult {
  const { batch, time, logProbs, oldLogProbs, advantages, clip = 0.2 } = input;
  const cells = cellCount(batch, time);
  checkShapes(batch, time, {
    logProbs: [logProbs, cells],
    oldLogProbs: [oldLogProbs, cells],
    advantages: [advantages, cells],
  });
  const weights = new Float64Array(cells);
  let loss = 0;
  let clipped = 0;
  let kl = 0;
  for (let cell = 0; cell < cells; cell++) {
    const logRatio = Math.min(logProbs[cell]! - oldLogProbs[cell]!, LARGEST_LOG_RATIO);
    const ratio = Math.exp(logRatio);
    const advantage = advantages[cell]!;
    const bounded = Math.min(Math.max(ratio, 1 - clip), 1 + clip) * advantage;
    loss -= Math.min(ratio * advantage, bounded) / cells;
    kl += (ratio - 1 - logRatio) / cells;
    if (bounded < ratio * advantage) clipped++;
    else weights[cell] = -(ratio * advantage) / cells;
  }
  return { loss, weights, clipFraction: clipped / cells, approximateKl: kl };
}
