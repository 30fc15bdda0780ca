import { isUnsearched, isWritten, type PromptSummary } from '../../events.js';
import { shareError } from '../../statistics/share-error.js';

/** How much a split counts in the choice between prompts. */
export interface SplitShares {
  /** The shares of the splits add up to 1. */
  readonly train: number;
  readonly dev: number;
  /** Examples that a choice rests on. */
  readonly rows: number;
}

/** @param sizes examples of each split: pooled, every example counts alike */
export function splitShares(
  select: 'dev' | 'pooled',
  sizes: { readonly train: number; readonly dev: number },
): SplitShares {
  if (select === 'dev') return { train: 0, dev: 1, rows: sizes.dev };
  const all = sizes.train + sizes.dev;
  return { train: sizes.train / all, dev: sizes.dev / all, rows: all };
}

/**
 * Orders prompts for selection: the readable before the others, by `worthOf`, then those that nobody searched for first, then by the reward, on dev, or on
 * train and dev as `shares` say. Those that have no dev numbers come last. The search has fitted the train examples:
 * among its best prompts the numbers on train no longer say which of them holds on new ones (docs/lab-notebook/log.md).
 */
export function compareCandidates(a: PromptSummary, b: PromptSummary, metric: string, shares: SplitShares): number {
  const isUnscored = ({ dev }: PromptSummary): number => (dev === undefined ? 1 : 0);
  const rewardOf = ({ reward, devReward }: PromptSummary): number =>
    shares.train * reward + shares.dev * (devReward ?? 0);
  return (
    isUnscored(a) - isUnscored(b) ||
    byReadable(a, b) ||
    sumOf(worthOf(b, metric, shares)) - sumOf(worthOf(a, metric, shares)) ||
    Number(isUnsearched(b)) - Number(isUnsearched(a)) ||
    rewardOf(b) - rewardOf(a) ||
    b.reward - a.reward ||
    a.step - b.step
  );
}

/** The readable first: nobody wants to hand on what reads like noise for a row more of dev. */
export function byReadable(a: Pick<PromptSummary, 'unreadable'>, b: Pick<PromptSummary, 'unreadable'>): number {
  return Number(a.unreadable ?? false) - Number(b.unreadable ?? false);
}

/** What the place of a prompt is made of: `score + margin - error`. */
export interface Worth {
  readonly score: number;
  readonly margin: number;
  readonly error: number;
}

/**
 * The metric. Of classification, accuracy and margin together: with a few dozen rows the margin says more about new rows
 * than a row more or less (docs/lab-notebook/log.md). Prompts that no person wrote are chosen among many, so a
 * standard error is subtracted from theirs (the one-standard-error rule of Breiman et al. 1984).
 */
export function worthOf(prompt: PromptSummary, metric: string, shares: SplitShares): Worth {
  const { train, dev, devMargin = 0 } = prompt;
  const score = shares.train * (train[metric] ?? 0) + shares.dev * (dev?.[metric] ?? 0);
  if (metric !== 'accuracy') return { score, margin: 0, error: 0 };
  const error = isWritten(prompt) ? 0 : shareError(score, shares.rows);
  return { score, margin: shares.dev * devMargin, error };
}

function sumOf({ score, margin, error }: Worth): number {
  return score + margin - error;
}
