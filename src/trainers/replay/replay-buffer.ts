import { spansOf } from '../../losses/check-shapes.js';
import { saved } from '../../policy/parameters/saved-parameters.js';
import type { Rng } from '../../random/rng.js';
import { groupBy } from '../../statistics/groups.js';
import { joinRows } from '../../statistics/join-rows.js';
import { zip } from '../../statistics/zip.js';
import { promptKey } from '../contract/prompt-key.js';
import type { RewardParts, TrainerState } from '../contract/types.js';

export interface ReplayEntry {
  readonly tokenIds: readonly number[];
  /** [time, hiddenSize] */
  readonly hidden: Float32Array;
  /** log p of the frozen LM, [time]; all zero where no prior is used. */
  readonly priorLogProbs: Float32Array;
  readonly rawReward: number;
  /** What the reward was made of, where its parts can weigh differently later. */
  readonly parts?: RewardParts | undefined;
  /** The input it was proposed for, where the policy reads one: the reward holds for that input only. */
  readonly input?: string | undefined;
  /** Which example the reward was given for, where a prompt meets one only. */
  readonly group?: number | undefined;
}

interface SavedEntries {
  readonly groups?: readonly (number | null)[];
  readonly tokenIds: readonly (readonly number[])[];
  readonly rewards: readonly number[];
  readonly parts?: readonly (RewardParts | null)[];
  readonly inputs?: readonly string[];
  /** Tokens of each prompt, where they differ. */
  readonly steps?: readonly number[];
}

type Identity = Pick<ReplayEntry, 'tokenIds' | 'input'>;

/**
 * Scored prompts with the hidden states they passed through, so that learning from them again costs no forward of
 * either language model. When it is full, the worst of the older half makes room: the best prompts stay. Where prompts
 * belong to inputs, the input with the most prompts gives way, and a sample is made of prompts of the same inputs.
 */
export class ReplayBuffer {
  private entries: ReplayEntry[] = [];
  private readonly known = new Set<string>();

  /** @param worth orders prompts: the raw reward where all were scored on the same examples */
  constructor(
    private readonly capacity: number,
    private readonly worth: (entry: ReplayEntry) => number = ({ rawReward }) => rawReward,
  ) {}

  get size(): number {
    return this.entries.length;
  }

  has(entry: Identity): boolean {
    return this.known.has(promptKey(entry.tokenIds, entry.input));
  }

  /** Takes in what it has not; the same prompt has the same reward. */
  add(entry: ReplayEntry): void {
    if (this.has(entry)) return;
    this.known.add(promptKey(entry.tokenIds, entry.input));
    this.entries.push(entry);
    if (this.entries.length > this.capacity) this.dropWorstOfOlderHalf();
  }

  /** Raw rewards of the prompts that match, oldest first. */
  rewardsOf(matches: (entry: ReplayEntry) => boolean): number[] {
    return this.entries.filter(matches).map(({ rawReward }) => rawReward);
  }

  /** Computes the rewards from their parts again; a reward without parts stays in the old measure and is forgotten. */
  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.replaceAll(
      this.entries.flatMap((entry) => (entry.parts ? [{ ...entry, rawReward: rewardOf(entry.parts) }] : [])),
    );
  }

  /** Half from the `elite` best, half from all, without repeats. */
  sample(count: number, elite: number, rng: Rng): ReplayEntry[] {
    return this.sampleOf(this.entries, count, elite, rng);
  }

  /** Prompts of some inputs, `perInput` of each that has so many; half from the best quarter of an input's, half from all. */
  sampleInputs(count: number, perInput: number, rng: Rng): ReplayEntry[] {
    const chosen: ReplayEntry[] = [];
    for (const entries of rng.shuffled([...this.byInput().values()])) {
      const size = Math.min(perInput, count - chosen.length);
      // One prompt alone has nothing to be compared with.
      if (size < 2) break;
      if (entries.length >= 2) chosen.push(...this.sampleOf(entries, size, Math.ceil(entries.length / 4), rng));
    }
    return chosen;
  }

  save(): TrainerState {
    const lengths = this.entries.map(({ priorLogProbs }) => priorLogProbs.length);
    return {
      json: {
        tokenIds: this.entries.map(({ tokenIds }) => tokenIds),
        rewards: this.entries.map(({ rawReward }) => rawReward),
        ...(this.entries.some(({ parts }) => parts) ? { parts: this.entries.map(({ parts }) => parts ?? null) } : {}),
        ...(this.entries.some(({ group }) => group !== undefined)
          ? { groups: this.entries.map(({ group }) => group ?? null) }
          : {}),
        ...(new Set(lengths).size > 1 ? { steps: lengths } : {}),
        ...(this.entries[0]?.input === undefined ? {} : { inputs: this.entries.map(({ input }) => input) }),
      },
      arrays: {
        'replay.hidden': joinRows(this.entries.map(({ hidden }) => hidden)),
        'replay.prior': joinRows(this.entries.map(({ priorLogProbs }) => priorLogProbs)),
      },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    const { tokenIds, rewards, inputs, parts, groups, steps: lengths } = json as unknown as SavedEntries;
    const [hidden, prior] = [saved(arrays, 'replay.hidden'), saved(arrays, 'replay.prior')];
    const spans = spansOf(tokenIds.length, lengths ?? prior.length / tokenIds.length);
    const hiddenSize = hidden.length / prior.length;
    const entries = Array.from(zip(spans, zip(tokenIds, rewards)), ([{ start, end }, [ids, rawReward]], i) => {
      const [own, input, group] = [parts?.[i], inputs?.[i], groups?.[i]];
      return {
        tokenIds: ids,
        hidden: hidden.slice(start * hiddenSize, end * hiddenSize),
        priorLogProbs: prior.slice(start, end),
        rawReward,
        ...(own ? { parts: own } : {}),
        ...(input === undefined ? {} : { input }),
        ...(typeof group === 'number' ? { group } : {}),
      };
    });
    this.replaceAll(entries);
  }

  private replaceAll(entries: ReplayEntry[]): void {
    this.entries = entries;
    this.known.clear();
    for (const entry of entries) this.known.add(promptKey(entry.tokenIds, entry.input));
  }

  private sampleOf(entries: readonly ReplayEntry[], count: number, elite: number, rng: Rng): ReplayEntry[] {
    const best = this.byWorth(entries).slice(0, elite);
    const chosen = new Set(rng.shuffled(best).slice(0, Math.ceil(count / 2)));
    for (const entry of rng.shuffled(entries)) {
      if (chosen.size >= count) break;
      chosen.add(entry);
    }
    return [...chosen];
  }

  private byWorth(entries: readonly ReplayEntry[]): ReplayEntry[] {
    return [...entries].sort((a, b) => this.worth(b) - this.worth(a));
  }

  private dropWorstOfOlderHalf(): void {
    const groups = [...this.byInput().values()];
    const largest = groups.reduce((one, other) => (other.length > one.length ? other : one));
    const older = largest.slice(0, Math.ceil(largest.length / 2));
    const worst = older.reduce((least, entry) => (this.worth(entry) < this.worth(least) ? entry : least));
    this.entries.splice(this.entries.indexOf(worst), 1);
    this.known.delete(promptKey(worst.tokenIds, worst.input));
  }

  private byInput(): Map<string | undefined, readonly ReplayEntry[]> {
    return groupBy(this.entries, ({ input }) => input);
  }
}
