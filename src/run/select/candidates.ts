import type { Reading } from '../../classifier/classifier.js';
import type { PromptSummary } from '../../events.js';
import type { Evaluation } from '../../task/types.js';
import { byReadable, compareCandidates, type SplitShares } from './selection.js';

/** A prompt with its numbers: what events call a PromptSummary. */
export type Candidate = PromptSummary;

/** What a candidate keeps of its evaluation on train. */
export function trainNumbers({ reward, metrics, parts }: Evaluation): Pick<Candidate, 'reward' | 'train' | 'parts'> {
  return { reward, train: metrics, ...(parts ? { parts } : {}) };
}

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
    private readonly shares: SplitShares,
  ) {}

  add(candidate: Omit<Candidate, 'dev' | 'devReward' | 'devMargin'>): void {
    if (this.byText.has(candidate.text)) return;
    this.byText.set(candidate.text, candidate);
    if (this.byText.size > 2 * this.capacity) this.shrink();
  }

  get(text: string): Candidate | undefined {
    return this.byText.get(text);
  }

  scoreDev(text: string, evaluation: Evaluation): Candidate | undefined {
    const candidate = this.byText.get(text);
    if (!candidate) return undefined;
    const { metrics, reward, margin, labelOffsets, reading } = evaluation;
    const read = {
      ...(margin === undefined ? {} : { devMargin: margin }),
      ...(labelOffsets ? { labelOffsets } : {}),
      ...(reading ? { reading } : {}),
    };
    const scored = { ...candidate, dev: metrics, devReward: reward, ...read };
    this.byText.set(text, scored);
    return scored;
  }

  /** A candidate read by the words that a person gave it. */
  readByEdited(
    text: string,
    reading: Reading,
    { train, dev }: { readonly train: Evaluation; readonly dev: Evaluation },
  ): void {
    const candidate = this.byText.get(text);
    if (!candidate) return;
    const { labelOffsets: _, refit: __, ...kept } = candidate;
    this.byText.set(text, { ...kept, ...trainNumbers(train), wordsEdited: true });
    this.scoreDev(text, { ...dev, reading });
  }

  /** All but those with edited words are read like this; what was subtracted from other words' scores does not belong to these. */
  readBy(reading: Reading): void {
    for (const [text, candidate] of this.byText) {
      if (candidate.wordsEdited) continue;
      const { labelOffsets: _, ...kept } = candidate;
      this.byText.set(text, { ...kept, reading });
    }
  }

  /** What dev says of a prompt that is read by words which dev rows helped to find. */
  noteRefit(text: string, { metrics, labelOffsets }: Evaluation): void {
    const candidate = this.byText.get(text);
    if (candidate) this.byText.set(text, { ...candidate, refit: metrics, ...(labelOffsets ? { labelOffsets } : {}) });
  }

  /** The texts that the policy wrote and whose fluency is not known. */
  withoutFluency(): string[] {
    return [...this.byText.values()]
      .filter(({ origin, fluency, text }) => origin === 'policy' && fluency === undefined && text !== '')
      .map(({ text }) => text);
  }

  noteFluency(text: string, fluency: number, { isReadable }: { readonly isReadable: boolean }): void {
    const candidate = this.byText.get(text);
    if (candidate) this.byText.set(text, { ...candidate, fluency, ...(isReadable ? {} : { unreadable: true }) });
  }

  /**
   * The unreadable last, then by the metric on train, then by reward, best first. The metric first: over the best prompts
   * of a search it says more about new examples than the reward that the search has pushed up (docs/lab-notebook/log.md).
   */
  byTrainScore(count: number): Candidate[] {
    const score = (candidate: Candidate): number => candidate.train[this.metric] ?? 0;
    return [...this.byText.values()]
      .sort((a, b) => byReadable(a, b) || score(b) - score(a) || b.reward - a.reward || a.step - b.step)
      .slice(0, count);
  }

  /** Those with dev numbers, best first by `compareCandidates`. */
  byDevScore(count: number): Candidate[] {
    const scored = [...this.byText.values()].filter((candidate) => candidate.dev !== undefined);
    return scored.sort((a, b) => compareCandidates(a, b, this.metric, this.shares)).slice(0, count);
  }

  /** Computes the rewards of all prompts from their parts again. */
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
