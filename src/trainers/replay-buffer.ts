import type { Rng } from '../random/rng.js';
import type { TrainerState } from './types.js';

export interface ReplayEntry {
  readonly tokenIds: readonly number[];
  /** [time, hiddenSize] */
  readonly hidden: Float32Array;
  /** log p of the frozen LM, [time]; all zero where no prior is used. */
  readonly priorLogProbs: Float32Array;
  readonly rawReward: number;
}

/**
 * Scored prompts with the hidden states they passed through, so that learning from them again costs no forward of
 * either language model. When it is full, the worst of the older half makes room: the best prompts stay.
 */
export class ReplayBuffer {
  private entries: ReplayEntry[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.entries.length;
  }

  has(tokenIds: readonly number[]): boolean {
    return this.known.has(tokenIds.join(' '));
  }

  /** Takes in what it has not; the same prompt has the same reward. */
  add(entry: ReplayEntry): void {
    if (this.has(entry.tokenIds)) return;
    this.known.add(entry.tokenIds.join(' '));
    this.entries.push(entry);
    if (this.entries.length > this.capacity) this.dropWorstOfOlderHalf();
  }

  /** Half from the `elite` best, half from all, without repeats. */
  sample(count: number, elite: number, rng: Rng): ReplayEntry[] {
    const best = [...this.entries].sort((a, b) => b.rawReward - a.rawReward).slice(0, elite);
    const chosen = new Set(rng.shuffled(best).slice(0, Math.ceil(count / 2)));
    for (const entry of rng.shuffled(this.entries)) {
      if (chosen.size >= count) break;
      chosen.add(entry);
    }
    return [...chosen];
  }

  save(): TrainerState {
    const stack = (pick: (entry: ReplayEntry) => Float32Array): Float32Array => {
      const width = this.entries[0] ? pick(this.entries[0]).length : 0;
      const all = new Float32Array(width * this.entries.length);
      this.entries.forEach((entry, i) => {
        all.set(pick(entry), i * width);
      });
      return all;
    };
    return {
      json: {
        tokenIds: this.entries.map(({ tokenIds }) => tokenIds),
        rewards: this.entries.map(({ rawReward }) => rawReward),
      },
      arrays: {
        'replay.hidden': stack(({ hidden }) => hidden),
        'replay.prior': stack(({ priorLogProbs }) => priorLogProbs),
      },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    const { tokenIds, rewards } = json as { tokenIds: number[][]; rewards: number[] };
    const row = (all: Float32Array, i: number): Float32Array => {
      const width = all.length / tokenIds.length;
      return all.slice(i * width, (i + 1) * width);
    };
    this.known.clear();
    this.entries = tokenIds.map((ids, i) => ({
      tokenIds: ids,
      hidden: row(arrays['replay.hidden']!, i),
      priorLogProbs: row(arrays['replay.prior']!, i),
      rawReward: rewards[i]!,
    }));
    for (const { tokenIds: ids } of this.entries) this.known.add(ids.join(' '));
  }

  private dropWorstOfOlderHalf(): void {
    let worst = 0;
    for (let i = 1; i < this.entries.length / 2; i++) {
      if (this.entries[i]!.rawReward < this.entries[worst]!.rawReward) worst = i;
    }
    const [dropped] = this.entries.splice(worst, 1);
    this.known.delete(dropped!.tokenIds.join(' '));
  }
}
