import type { SessionOptions } from '../lm/onnx/run/session.js';
import type { MlpParameters, MlpShape } from './parameters/mlp-parameters.js';

export interface PolicyHeadOptions extends MlpShape {
  /** Width of the head. */
  readonly vocabularySize: number;
  /** The frozen head, [hidden, vocabulary] row-major. A Float32Array is used where it lies, not copied, and may be shared. */
  readonly headWeights: ArrayLike<number>;
  /** The head's own bias, [vocabulary]. */
  readonly headBias?: ArrayLike<number> | undefined;
  /** Left out: the reference's start, drawn from `seed`. They are copied. */
  readonly parameters?: Readonly<Record<keyof MlpParameters, ArrayLike<number>>> | undefined;
  /** @default 0 */
  readonly seed?: number;
  /** Added to every logit: it cancels in log π and shifts V. @default 0 */
  readonly logitBias?: number;
  /** Added to the logits everywhere, so in the loss too: `maskBias(allowed)` takes tokens out of the policy; [vocabulary]. */
  readonly tokenBias?: Float32Array | undefined;
  /** The token that ends a prompt: it may come only at the steps that a call names. */
  readonly stop?: StopToken | undefined;
  /** β: β times the frozen LM's own logits are added, so that π ∝ p_LM^β e^Q. 0 is RLPrompt's policy. @default 0 */
  readonly priorWeight?: number;
  readonly session?: SessionOptions;
}

export interface StopToken {
  /** One that `tokenBias` takes out of the policy. */
  readonly tokenId: number;
  /** Added to the LM's logit of it: a language model hardly ever ends a text after a few words. */
  readonly lift: number;
}

export interface CallOptions {
  /** Other parameters than the policy's own, for instance the target network's. */
  readonly parameters?: MlpParameters | undefined;
}

export interface StepOptions extends CallOptions {
  /** Whether the stop token may come at each step, [n]. Left out: at none. */
  readonly mayStop?: readonly boolean[] | undefined;
}

export interface LogProbs {
  /** log π(actions[n] | hidden[n]), [n] */
  readonly logProbs: Float32Array;
  /** V = logsumexp of the logits, logitBias and β · (unnormalised LM logits) included, [n] */
  readonly values: Float32Array;
}

/** Weights of what a gradient is asked of, each [n]; what is left out counts as zero. */
export interface GradientWeights {
  /** of log π(a_n|s_n) */
  readonly weights?: ArrayLike<number> | undefined;
  /** of Q(s_n, a_n), the chosen logit itself */
  readonly qWeights?: ArrayLike<number> | undefined;
  /** of the regulariser that `evaluate` was asked to prepare: the entropy, or KL(π ‖ LM) */
  readonly regulariserWeights?: ArrayLike<number> | undefined;
}

export interface PolicyEvaluation extends LogProbs {
  /** Entropy of π(·|s_n) in nats, [n] */
  readonly entropies: Float32Array;
  /** KL(π(·|s_n) ‖ p_LM) in nats, [n]; only with the regulariser `kl`. */
  readonly kls: Float32Array | undefined;
  /** Gradients of Σ_n of the weighted terms. Costs no pass over the vocabulary. */
  gradients(weights: GradientWeights): Promise<MlpParameters>;
}
