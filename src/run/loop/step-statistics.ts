import type { PromptSummary, StepEndEvent } from '../../events.js';
import { mean, meanOfRecords } from '../../statistics/mean.js';
import type { Evaluation } from '../../task/types.js';
import type { Rollout, RolloutReward, UpdateMetrics } from '../../trainers/contract/types.js';

export interface StepOutcome {
  readonly seconds: number;
  readonly rollouts: readonly Rollout[];
  readonly evaluations: readonly Evaluation[];
  readonly rewards: readonly RolloutReward[];
  readonly metrics: UpdateMetrics;
}

/**
 * What `step-end` says of a step; rewards are raw.
 * @param leader the best prompt by train that has no dev numbers
 */
export function describeStep(
  step: number,
  counters: { forwards: number; cacheHits: number },
  { seconds, rollouts, evaluations, rewards, metrics }: StepOutcome,
  leader?: PromptSummary,
): Omit<StepEndEvent, 'seq' | 'type'> {
  const raw = rewards.map((reward) => reward.raw);
  const rewardMean = mean(raw);
  const best = raw.indexOf(Math.max(...raw));
  const parts = meanOfRecords(evaluations.map((evaluation) => evaluation.parts ?? {}));
  return {
    step,
    seconds,
    rewardMean,
    rewardMax: Math.max(...raw),
    rewardStd: Math.sqrt(mean(raw.map((value) => (value - rewardMean) ** 2))),
    loss: metrics.loss,
    gradNorm: metrics.gradNorm,
    entropy: metrics.entropy,
    uniquePrompts: uniqueShare(rollouts),
    ...counters,
    flat: isFlat(rewards),
    bestPrompt: rollouts[best]?.text ?? '',
    ...(leader ? { leader } : {}),
    metrics,
    metricMeans: meanOfRecords(evaluations.map((evaluation) => evaluation.metrics)),
    ...(Object.keys(parts).length > 0 ? { parts } : {}),
  };
}

/** Whether the rewards of a step tell no prompt from another. */
export function isFlat(rewards: readonly RolloutReward[]): boolean {
  return rewards.every(({ zScored }) => zScored === 0);
}

/** Share of different prompts, by their text. */
export function uniqueShare(rollouts: readonly Rollout[]): number {
  return new Set(rollouts.map(({ text }) => text)).size / rollouts.length;
}
