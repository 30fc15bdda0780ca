import type { PromptSummary } from '../../events.js';

/** How much a split counts in the choice between prompts; they add up to 1. */
export interface SplitShares {
  readonly train: number;
  readonly dev: number;
}

export const DEV_ALONE: SplitShares = { train: 0, dev: 1 };

/** @param sizes examples of each split: pooled, every example counts alike */
export function splitShares(
  select: 'dev' | 'pooled',
  sizes: { readonly train: number; readonly dev: number },
): SplitShares {
  if (select === 'dev') return DEV_ALONE;
  const all = sizes.train + sizes.dev;
  return { train: sizes.train / all, dev: sizes.dev / all };
}

/**
 * Orders prompts for selection: by the metric, then those that nobody searched for first, then by the reward, on dev, or on train and dev as `shares` say; those that
 * have no dev numbers come last. The search has fitted the train examples: among its best prompts the numbers on train no
 * longer say which of them holds on new ones (docs/lab-notebook/log.md).
 */
export function compareCandidates(a: PromptSummary, b: PromptSummary, metric: string, shares: SplitShares): number {
  const isUnscored = ({ dev }: PromptSummary): number => (dev === undefined ? 1 : 0);
  const score = ({ train, dev }: PromptSummary): number =>
    shares.train * (train[metric] ?? 0) + shares.dev * (dev?.[metric] ?? 0);
  const rewardOf = ({ reward, devReward }: PromptSummary): number =>
    shares.train * reward + shares.dev * (devReward ?? 0);
  return (
    isUnscored(a) - isUnscored(b) ||
    score(b) - score(a) ||
    Number(isUnsearched(b)) - Number(isUnsearched(a)) ||
    rewardOf(b) - rewardOf(a) ||
    b.reward - a.reward ||
    a.step - b.step
  );
}

/** Prompts that came from a person, or none at all: of these few, a good score is less often luck. */
export function isUnsearched({ origin }: Pick<PromptSummary, 'origin'>): boolean {
  return origin === 'empty' || origin === 'manual' || origin === 'user';
}
