import type { Steps } from '../../losses/check-shapes.js';
import { joinRows } from '../../statistics/join-rows.js';
import type { PromptEnds } from './prompt-ends.js';
import type { PromptTrace } from './prompt-policy.js';

export interface StackedRollouts {
  readonly batch: number;
  readonly time: Steps;
  /** [batch, time, hiddenSize] */
  readonly hidden: Float32Array;
  /** The tokens chosen, and the stop token of prompts that are not full, [batch, time]. */
  readonly actions: number[];
  /** Whether the prompt could have ended at each step, [batch, time]; undefined where all have one length. */
  readonly mayStop?: boolean[] | undefined;
}

/** Rollouts, one under the other. */
export function stackRollouts(
  rollouts: readonly { readonly tokenIds: readonly number[]; readonly trace: PromptTrace }[],
  ends?: PromptEnds,
): StackedRollouts {
  const batch = rollouts.length;
  const hidden = joinRows(rollouts.map(({ trace }) => trace.hidden));
  if (!ends) {
    const actions = rollouts.flatMap(({ tokenIds }) => [...tokenIds]);
    return { batch, time: rollouts[0]?.tokenIds.length ?? 0, hidden, actions };
  }
  const actions = rollouts.map(({ tokenIds }) => ends.actionsOf(tokenIds));
  return {
    batch,
    time: actions.map(({ length }) => length),
    hidden,
    actions: actions.flat(),
    mayStop: actions.flatMap((steps) => [...steps.keys()].map((step) => ends.mayEndAt(step))),
  };
}
