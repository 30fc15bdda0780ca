import { Rng, type RngState } from '../../random/rng.js';
import { scaleReward } from '../../rewards/shaping/reward-shaper.js';
import { zip } from '../../statistics/zip.js';
import type { TrainerSettings } from '../contract/settings.js';
import type { RewardParts, RolloutReward, TrainerState, UpdateOptions } from '../contract/types.js';
import { ReplayBuffer, type ReplayEntry } from './replay-buffer.js';
import { RewardScale } from './reward-scale.js';

const CAPACITY = 512;
const ELITE = 64;
/** Updates from replay with which a restarted policy gets back to its best prompts. */
export const RESTART_UPDATES = 20;
/** Steps whose prompts say what rewards are like now: about as many as the running statistics remember. */
const RECENT_STEPS = 10;

type Scored = Pick<ReplayEntry, 'rawReward' | 'input' | 'group'>;

/** What trainers that learn from scored prompts again keep beside their policy: the prompts, the reward's scale, random numbers. */
export class ReplayMemory {
  readonly buffer = new ReplayBuffer(CAPACITY, (entry) => this.worth(entry));
  /** Of each input that prompts were proposed for or scored on; one, of no input, where they are scored on all. */
  private readonly scales = new Map<string, RewardScale>();
  private rewardTo: readonly [number, number];
  private sampling: Rng;
  private replay: Rng;

  constructor(
    private readonly settings: Pick<
      TrainerSettings,
      'seed' | 'rewardFrom' | 'rewardTo' | 'inputConditioned' | 'inputsPerStep' | 'promptsPerStep'
    >,
  ) {
    this.rewardTo = settings.rewardTo;
    this.sampling = Rng.create(settings.seed, 'sampling');
    this.replay = Rng.create(settings.seed, 'replay');
  }

  /** For drawing prompts. */
  get samplingRng(): Rng {
    return this.sampling;
  }

  /** Before anything is learned in a step: its rewards, and the range they are shaped to. */
  observe(
    rewards: readonly RolloutReward[],
    rollouts: readonly { readonly input?: string | undefined }[],
    options: UpdateOptions = {},
  ): void {
    this.setRange(options);
    const keys = [...zip(rewards, rollouts)].map(([{ group }, { input }]) => scaleKey({ input, group }));
    for (const key of new Set(keys)) {
      this.scaleOf(key).observe(rewards.flatMap(({ raw }, i) => (keys[i] === key ? [raw] : [])));
    }
  }

  /** The range that rewards are shaped to from now on. */
  setRange({ rewardTo }: UpdateOptions): void {
    this.rewardTo = rewardTo ?? this.settings.rewardTo;
  }

  /**
   * The reward of a prompt on the scale of shaped ones: by running statistics, since a replayed batch is no sample of a
   * step, and by those of its input, since inputs differ in how well they can be done.
   */
  shape(entry: Scored): number {
    return scaleReward(this.standardise(entry), { from: this.settings.rewardFrom, to: this.rewardTo });
  }

  /** Half from the best prompts, half from all; where prompts belong to inputs, as many of an input as in a step. */
  sample(count: number): ReplayEntry[] {
    const { inputConditioned, inputsPerStep } = this.settings;
    if (!inputConditioned) return this.buffer.sample(count, ELITE, this.replay);
    return this.buffer.sampleInputs(count, Math.max(2, Math.floor(count / inputsPerStep)), this.replay);
  }

  /** Prompts to be replayed get the rewards that the new weights give, and these their own running statistics. */
  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.buffer.reweigh(rewardOf);
    for (const [key, scale] of this.scales) {
      const rewards = this.buffer.rewardsOf((entry) => scaleKey(entry) === key);
      scale.restart(rewards.slice(-RECENT_STEPS * this.settings.promptsPerStep));
    }
  }

  private scaleOf(key: string): RewardScale {
    const scale = this.scales.get(key) ?? new RewardScale();
    this.scales.set(key, scale);
    return scale;
  }

  /** A prompt that was scored on all inputs stands, where others met one each, at its mean over theirs. */
  private standardise(entry: Scored): number {
    const key = scaleKey(entry);
    if (key !== '' || this.scales.has('')) return this.scaleOf(key).standardise(entry.rawReward);
    const all = [...this.scales.values()].map((scale) => scale.standardise(entry.rawReward));
    return all.reduce((sum, value) => sum + value / all.length, 0);
  }

  /** Raw rewards order prompts that were scored on the same examples; of others their place among an input's does. */
  private worth(entry: Scored): number {
    const areComparable = entry.input !== undefined || [...this.scales.keys()].join() === '';
    return areComparable ? entry.rawReward : this.standardise(entry);
  }

  save(): TrainerState {
    const { json, arrays } = this.buffer.save();
    return {
      json: {
        sampling: this.sampling.save(),
        replayRng: this.replay.save(),
        scales: [...this.scales].map(([key, scale]) => [key, scale.save()]),
        replay: json,
      },
      arrays,
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.sampling = Rng.restore(json.sampling as RngState);
    this.replay = Rng.restore(json.replayRng as RngState);
    this.scales.clear();
    // Earlier versions kept one scale, of no input.
    const scales = (json.scales ?? [['', json.scale]]) as [string, [number, number, number]][];
    for (const [key, saved] of scales) this.scaleOf(key).restore(saved);
    this.buffer.restore({ json: json.replay as TrainerState['json'], arrays });
  }
}

/** Whose running statistics a reward belongs to; '' is that of prompts scored on all examples. */
function scaleKey({
  input,
  group,
}: {
  readonly input?: string | undefined;
  readonly group?: number | undefined;
}): string {
  return input ?? (group === undefined ? '' : `#${group}`);
}
