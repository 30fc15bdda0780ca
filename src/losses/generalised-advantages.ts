import { cellCount, checkShapes, type Steps, spansOf } from './check-shapes.js';

export interface GeneralisedAdvantagesInput {
  readonly batch: number;
  readonly time: Steps;
  /** Reward after each token, [batch, time]; a reward of the whole prompt stands at its last token. */
  readonly rewards: ArrayLike<number>;
  /** The critic's V(s_t), [batch, time]; the state after the last token is terminal, V = 0. */
  readonly values: ArrayLike<number>;
  /** γ. @default 1 */
  readonly discount?: number;
  /** λ: 1 is the Monte-Carlo return minus V, 0 the one-step error. @default 0.95 */
  readonly lambda?: number;
}

/**
 * Generalised advantage estimation (Schulman et al., arXiv 1506.02438, equation 16):
 * Â_t = Σ_k (γλ)^k δ_{t+k} with δ_t = r_t + γ V(s_{t+1}) − V(s_t); returns = Â + V, what the critic is fitted to.
 *
 * @returns advantages and returns, both [batch, time]
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function generalisedAdvantages(input: GeneralisedAdvantagesInput): {
  advantages: Float64Array;
  returns: Float64Array;
} {
  const { batch, time, rewards, values, discount = 1, lambda = 0.95 } = input;
  const cells = cellCount(batch, time);
  checkShapes(batch, time, { rewards: [rewards, cells], values: [values, cells] });
  const advantages = new Float64Array(cells);
  for (const { start, end } of spansOf(batch, time)) {
    let following = 0;
    let nextValue = 0;
    for (let cell = end - 1; cell >= start; cell--) {
      const error = rewards[cell]! + discount * nextValue - values[cell]!;
      following = error + discount * lambda * following;
      advantages[cell] = following;
      nextValue = values[cell]!;
    }
  }
  return { advantages, returns: advantages.map((advantage, cell) => advantage + values[cell]!) };
}
