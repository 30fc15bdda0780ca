import type { RewardParts, TrainerState } from '../contract/types.js';

interface ScoredPrompt {
  readonly features: Float32Array;
  readonly reward: number;
  /** What the reward was made of, where its parts can weigh differently later. */
  readonly parts?: RewardParts | undefined;
}

/** The prompts that were scored last, with their features: what a surrogate learns from. Each prompt counts once. */
export class ScoredPrompts {
  private readonly byKey = new Map<string, ScoredPrompt>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.byKey.size;
  }

  get features(): Float32Array[] {
    return [...this.byKey.values()].map(({ features }) => features);
  }

  get rewards(): number[] {
    return [...this.byKey.values()].map(({ reward }) => reward);
  }

  has(tokenIds: readonly number[]): boolean {
    return this.byKey.has(tokenIds.join(' '));
  }

  /** The latest reward of a prompt counts; the prompt that is longest without one makes room. */
  add(tokenIds: readonly number[], features: Float32Array, reward: number, parts?: RewardParts): void {
    const key = tokenIds.join(' ');
    this.byKey.delete(key);
    this.byKey.set(key, { features, reward, parts });
    if (this.byKey.size > this.capacity) this.byKey.delete(this.byKey.keys().next().value!);
  }

  /** Works the rewards out anew from their parts; prompts whose parts are not known are forgotten. */
  reweigh(rewardOf: (parts: RewardParts) => number): void {
    for (const [key, scored] of this.byKey) {
      if (scored.parts) this.byKey.set(key, { ...scored, reward: rewardOf(scored.parts) });
      else this.byKey.delete(key);
    }
  }

  save(): TrainerState {
    const parts = [...this.byKey.values()].map((scored) => scored.parts ?? null);
    const width = this.features[0]?.length ?? 0;
    const all = new Float32Array(this.size * width);
    this.features.forEach((features, row) => {
      all.set(features, row * width);
    });
    return {
      json: { keys: [...this.byKey.keys()], rewards: this.rewards, ...(parts.some(Boolean) ? { parts } : {}) },
      arrays: { 'screen.features': all },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    const { keys, rewards, parts } = json as { keys: string[]; rewards: number[]; parts?: (RewardParts | null)[] };
    const all = arrays['screen.features']!;
    const width = all.length / keys.length;
    this.byKey.clear();
    keys.forEach((key, row) => {
      this.byKey.set(key, {
        features: all.slice(row * width, (row + 1) * width),
        reward: rewards[row]!,
        parts: parts?.[row] ?? undefined,
      });
    });
  }
}
