import type { PromptSummary } from '../events.js';
import type { Assessment } from '../task/types.js';

/** A prompt with its numbers: what events call a PromptSummary. */
export type Candidate = PromptSummary;

/**
 * The best prompts seen so far, by text: different tokens that spell the same text are one prompt to the target LM.
 * Bounded: prompts beyond `capacity` are forgotten, worst on train first.
 */
export class Candidates {
  private readonly byText = new Map<string, Candidate>();

  constructor(
    private readonly capacity: number,
    /** The metric that decides between prompts, for instance `accuracy`. */
    private readonly metric: string,
    private readonly shares: SplitShares = DEV_ALONE,
  ) {}

  add(candidate: Omit<Candidate, 'dev' | 'devReward'>): void {
    if (this.byText.has(candidate.text)) return;
    this.byText.set(candidate.text, candidate);
    if (this.byText.size > 2 * this.capacity) this.shrink();
  }

  get(text: string): Candidate | undefined {
    return this.byText.get(text);
  }

  scoreDev(text: string, assessment: Assessment): Candidate | undefined {
    const candidate = this.byText.get(text);
    if (!candidate) return undefined;
    const { metrics, reward, labelOffsets } = assessment;
    const scored = { ...candidate, dev: metrics, devReward: reward, ...(labelOffsets ? { labelOffsets } : {}) };
    this.byText.set(text, scored);
    return scored;
  }

  /**
   * By the metric on train, then by reward, best first. The metric first: over the best prompts of a search it says
   * more about new examples than the reward that the search has pushed up (docs/log.md).
   */
  byTrainScore(count: number): Candidate[] {
    const score = (candidate: Candidate): number => candidate.train[this.metric] ?? 0;
    return [...this.byText.values()]
      .sort((a, b) => score(b) - score(a) || b.reward - a.reward || a.step - b.step)
      .slice(0, count);
  }

  /** Those with dev numbers, best first by `compareCandidates`. */
  byDevScore(count: number): Candidate[] {
    const scored = [...this.byText.values()].filter((candidate) => candidate.dev !== undefined);
    return scored.sort((a, b) => compareCandidates(a, b, this.metric, this.shares)).slice(0, count);
  }

  /** The rewards of all prompts anew from their parts. */
  reweigh(rewardOf: (parts: Readonly<Record<string, number>>) => number): void {
    for (const [text, candidate] of this.byText) {
      if (candidate.parts) this.byText.set(text, { ...candidate, reward: rewardOf(candidate.parts) });
    }
  }

  save(): Candidate[] {
    return [...this.byText.values()];
  }

  restore(candidates: readonly Candidate[]): void {
    this.byText.clear();
    for (const candidate of candidates) this.byText.set(candidate.text, candidate);
  }

  private shrink(): void {
    const kept = new Set(this.byTrainScore(this.capacity).map((candidate) => candidate.text));
    for (const [text, { dev }] of this.byText) if (!kept.has(text) && dev === undefined) this.byText.delete(text);
  }
}

/** How much a split counts in the choice between prompts; they add up to 1. */
export interface SplitShares {
  readonly train: number;
  readonly dev: number;
}

const DEV_ALONE: SplitShares = { train: 0, dev: 1 };

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
 * Orders prompts for selection: by the metric, then by the reward, on dev, or on train and dev as `shares` say. The search
 * has fitted the train examples: among its best prompts the numbers on train no longer say which of them holds on new ones
 * (docs/log.md).
 */
export function compareCandidates(a: Candidate, b: Candidate, metric: string, shares: SplitShares = DEV_ALONE): number {
  const score = ({ train, dev }: Candidate): number =>
    shares.train * (train[metric] ?? 0) + shares.dev * (dev?.[metric] ?? 0);
  const rewardOf = ({ reward, devReward }: Candidate): number => shares.train * reward + shares.dev * (devReward ?? 0);
  return score(b) - score(a) || rewardOf(b) - rewardOf(a) || b.reward - a.reward || a.step - b.step;
}
