import type { PromptTrace } from './prompt-policy.js';

export interface StackedRollouts {
  readonly batch: number;
  readonly time: number;
  /** [batch * time, hiddenSize] */
  readonly hidden: Float32Array;
  /** [batch * time] */
  readonly actions: number[];
}

/** Rollouts of one length, one under the other. */
export function stackRollouts(
  rollouts: readonly { readonly tokenIds: readonly number[]; readonly trace: PromptTrace }[],
): StackedRollouts {
  const [first] = rollouts;
  const width = first?.trace.hidden.length ?? 0;
  const hidden = new Float32Array(rollouts.length * width);
  rollouts.forEach(({ trace }, row) => {
    hidden.set(trace.hidden, row * width);
  });
  return {
    batch: rollouts.length,
    time: first?.tokenIds.length ?? 0,
    hidden,
    actions: rollouts.flatMap(({ tokenIds }) => [...tokenIds]),
  };
}
