import type { Rollout } from '../../trainers/contract/types.js';

type Prompt = Pick<Rollout, 'tokenIds' | 'text'>;

interface Tryout extends Prompt {
  readonly reward: number;
}

/**
 * Prompts that met some of the train examples only, by text. The best of them are to be scored on all before they are
 * ranked: means over different examples do not tell close prompts apart.
 */
export class Tryouts {
  private readonly byText = new Map<string, Tryout>();

  constructor(private readonly capacity: number) {}

  /** The latest reward of a prompt counts. */
  add({ tokenIds, text }: Prompt, reward: number): void {
    this.byText.delete(text);
    this.byText.set(text, { tokenIds, text, reward });
    if (this.byText.size > 2 * this.capacity) this.keep(this.best(this.capacity));
  }

  /** The best `count`, which are then none of the tryouts any more. */
  take(count: number): Rollout[] {
    const taken = this.best(count);
    for (const { text } of taken) this.byText.delete(text);
    return taken.map(({ tokenIds, text }) => ({ tokenIds, text, trace: undefined }));
  }

  /** Rewards mean something else from now on. */
  clear(): void {
    this.byText.clear();
  }

  save(): Tryout[] {
    return [...this.byText.values()];
  }

  restore(saved: readonly Tryout[]): void {
    this.keep(saved);
  }

  /** Best first; of equals those that were there first. */
  private best(count: number): Tryout[] {
    return [...this.byText.values()].sort((a, b) => b.reward - a.reward).slice(0, count);
  }

  private keep(tryouts: readonly Tryout[]): void {
    this.byText.clear();
    for (const tryout of tryouts) this.byText.set(tryout.text, tryout);
  }
}
