import { promptKey } from '../contract/prompt-key.js';
import type { RewardParts } from '../contract/types.js';

export interface ScoredPrompt {
  readonly tokenIds: readonly number[];
  readonly reward: number;
  /** What the reward was made of, where its parts can weigh differently later. */
  readonly parts?: RewardParts;
}

type SavedPrompt = [tokenIds: readonly number[], reward: number, parts?: RewardParts];

/** How often missing prompts are drawn again before repeats are taken. */
const ROUNDS = 32;

/** Every prompt a search has seen, with its raw reward: nothing is proposed twice while there is something new. */
export class PromptArchive {
  private readonly byKey = new Map<string, ScoredPrompt>();
  private leader: ScoredPrompt | undefined;

  get size(): number {
    return this.byKey.size;
  }

  /** The first found among equals; undefined while nothing was seen. */
  get best(): ScoredPrompt | undefined {
    return this.leader;
  }

  get(tokenIds: readonly number[]): ScoredPrompt | undefined {
    return this.byKey.get(promptKey(tokenIds));
  }

  /** Takes in what it has not, and gives what it has of the prompt: the same prompt has the same reward. */
  add(tokenIds: readonly number[], reward: number, parts?: RewardParts): ScoredPrompt {
    return this.get(tokenIds) ?? this.put({ tokenIds: [...tokenIds], reward, ...(parts ? { parts } : {}) });
  }

  /** All prompts, in the order of arrival. */
  prompts(): readonly ScoredPrompt[] {
    return [...this.byKey.values()];
  }

  /** Computes the rewards from their parts again. */
  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.leader = undefined;
    for (const scored of this.prompts()) {
      this.put(scored.parts ? { ...scored, reward: rewardOf(scored.parts) } : scored);
    }
  }

  /**
   * `count` prompts that differ from each other and from all seen. `draw` is asked for the missing ones, with the
   * round so that it can widen what it draws from; when it finds nothing new in time, repeats fill the rest.
   */
  async unseen(
    count: number,
    draw: (missing: number, round: number) => Promise<number[][]> | number[][],
  ): Promise<number[][]> {
    const fresh = new Map<string, number[]>();
    let spare: number[][] = [];
    for (let round = 0; round < ROUNDS && fresh.size < count; round++) {
      const drawn = await draw(count - fresh.size, round);
      if (drawn.length > 0) spare = drawn;
      for (const prompt of drawn) {
        if (fresh.size < count && !this.get(prompt)) fresh.set(promptKey(prompt), prompt);
      }
    }
    const prompts = [...fresh.values()];
    for (let i = 0; prompts.length < count; i++) prompts.push(spare[i % spare.length]!);
    return prompts;
  }

  /** Fit for JSON; in the order of arrival, so that ties break alike after `restore`. */
  save(): SavedPrompt[] {
    return this.prompts().map(({ tokenIds, reward, parts }) =>
      parts ? [tokenIds, reward, parts] : [tokenIds, reward],
    );
  }

  restore(saved: readonly SavedPrompt[]): void {
    this.byKey.clear();
    this.leader = undefined;
    for (const [tokenIds, reward, parts] of saved) this.add(tokenIds, reward, parts);
  }

  private put(scored: ScoredPrompt): ScoredPrompt {
    this.byKey.set(promptKey(scored.tokenIds), scored);
    if (!this.leader || scored.reward > this.leader.reward) this.leader = scored;
    return scored;
  }
}
