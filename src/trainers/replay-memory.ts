import { Rng, type RngState } from '../random/rng.js';
import { ReplayBuffer, type ReplayEntry } from './replay-buffer.js';
import { RewardScale } from './reward-scale.js';
import type { TrainerSettings } from './settings.js';
import type { RolloutReward, TrainerState } from './types.js';

const CAPACITY = 512;
const ELITE = 64;

/** What trainers that learn from scored prompts again keep beside their policy: the prompts, the reward's scale, random numbers. */
export class ReplayMemory {
  readonly buffer = new ReplayBuffer(CAPACITY);
  private readonly scale = new RewardScale();
  private sampling: Rng;
  private replay: Rng;

  constructor(private readonly settings: Pick<TrainerSettings, 'seed' | 'rewardFrom' | 'rewardTo'>) {
    this.sampling = Rng.create(settings.seed, 'sampling');
    this.replay = Rng.create(settings.seed, 'replay');
  }

  /** For drawing prompts. */
  get samplingRng(): Rng {
    return this.sampling;
  }

  observe(rewards: readonly RolloutReward[]): void {
    this.scale.observe(rewards.map(({ raw }) => raw));
  }

  /** A raw reward on the scale of shaped ones: by running statistics, since a replayed batch is no sample of a step. */
  shape(raw: number): number {
    const { rewardFrom, rewardTo } = this.settings;
    return (this.scale.standardise(raw) * (rewardTo[1] - rewardTo[0])) / (rewardFrom[1] - rewardFrom[0]);
  }

  /** Half from the best prompts, half from all. */
  sample(count: number): ReplayEntry[] {
    return this.buffer.sample(count, ELITE, this.replay);
  }

  save(): TrainerState {
    const { json, arrays } = this.buffer.save();
    return {
      json: {
        sampling: this.sampling.save(),
        replayRng: this.replay.save(),
        scale: this.scale.save(),
        replay: json,
      },
      arrays,
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.sampling = Rng.restore(json.sampling as RngState);
    this.replay = Rng.restore(json.replayRng as RngState);
    this.scale.restore(json.scale as [number, number, number]);
    this.buffer.restore({ json: json.replay as TrainerState['json'], arrays });
  }
}
