import type { PolicyHeadOptions, StopToken } from './policy-head-types.js';

/** What is added to the logits, [vocabulary], or [1] where nothing differs by token. */
export interface Biases {
  readonly policy: Float32Array;
  /** Of the frozen LM's own logits. */
  readonly lm: Float32Array;
}

export function biasesOf(options: PolicyHeadOptions, tokenBias = options.tokenBias): Biases {
  const { vocabularySize, headBias, logitBias = 0, priorWeight = 0 } = options;
  const sum = (headBiasFactor: number, constant: number): Float32Array => {
    // A vector of one spares the runtime a pass over the vocabulary.
    if (!headBias && !tokenBias) return Float32Array.of(constant);
    return Float32Array.from(
      { length: vocabularySize },
      (_, token) => headBiasFactor * (headBias?.[token] ?? 0) + (tokenBias?.[token] ?? 0) + constant,
    );
  };
  return { policy: sum(1 + priorWeight, logitBias), lm: sum(1, 0) };
}

/** Those of a step at which the prompt may end; the lift weighs in the policy as the LM's logit does. */
export function biasesWithStop(options: PolicyHeadOptions, { tokenId, lift }: StopToken): Biases {
  const tokenBias = new Float32Array(options.vocabularySize);
  tokenBias.set(options.tokenBias ?? []);
  tokenBias[tokenId] = 0;
  const { policy, lm } = biasesOf(options, tokenBias);
  policy[tokenId]! += (options.priorWeight ?? 0) * lift;
  lm[tokenId]! += lift;
  return { policy, lm };
}
