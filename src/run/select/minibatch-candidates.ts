import type { Rollout } from '../../trainers/contract/types.js';

type Prompt = Pick<Rollout, 'tokenIds' | 'text'>;

interface MinibatchCandidate extends Prompt {
  readonly reward: number;
}

/**
 * Prompts that met some of the train examples only, by text. The best of them are to be scored on all before they are
 * ranked: means over different examples do not tell close prompts apart.
 */
export class MinibatchCandidates {
  private readonly byText = new Map<string, MinibatchCandidate>();

  constructor(private readonly capacity: number) {}

  /** The latest reward of a prompt counts. */
  add({ tokenIds, text }: Prompt, reward: number): void {
    this.byText.delete(text);
    this.byText.set(text, { tokenIds, text, reward });
    if (this.byText.size > 2 * this.capacity) this.keep(this.best(this.capacity));
  }

  /** The best `count`, which are no longer kept here. */
  take(count: number): Rollout[] {
    const taken = this.best(count);
    for (const { text } of taken) this.byText.delete(text);
    return taken.map(({ tokenIds, text }) => ({ tokenIds, text, trace: undefined }));
  }

  /** Rewards mean something else from now on. */
  clear(): void {
    this.byText.clear();
  }

  save(): MinibatchCandidate[] {
    return [...this.byText.values()];
  }

  restore(saved: readonly MinibatchCandidate[]): void {
    this.keep(saved);
  }

  /** Best first; of equals those that were there first. */
  private best(count: number): MinibatchCandidate[] {
    return [...this.byText.values()].sort((a, b) => b.reward - a.reward).slice(0, count);
  }

  private keep(candidates: readonly MinibatchCandidate[]): void {
    this.byText.clear();
    for (const candidate of candidates) this.byText.set(candidate.text, candidate);
  }
}
