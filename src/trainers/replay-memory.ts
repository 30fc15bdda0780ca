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
  /** Of each input that prompts were proposed for; one, of no input, where the policy reads none. */
  private readonly scales = new Map<string, RewardScale>();
  private sampling: Rng;
  private replay: Rng;

  constructor(
    private readonly settings: Pick<
      TrainerSettings,
      'seed' | 'rewardFrom' | 'rewardTo' | 'inputConditioned' | 'inputsPerStep'
    >,
  ) {
    this.sampling = Rng.create(settings.seed, 'sampling');
    this.replay = Rng.create(settings.seed, 'replay');
  }

  /** For drawing prompts. */
  get samplingRng(): Rng {
    return this.sampling;
  }

  observe(rewards: readonly RolloutReward[], rollouts: readonly { readonly input?: string | undefined }[]): void {
    for (const input of new Set(rollouts.map((rollout) => rollout.input))) {
      this.scaleOf(input).observe(rewards.flatMap(({ raw }, i) => (rollouts[i]!.input === input ? [raw] : [])));
    }
  }

  /**
   * A raw reward on the scale of shaped ones: by running statistics, since a replayed batch is no sample of a step, and
   * by those of its input, since inputs differ in how well they can be done.
   */
  shape(raw: number, input?: string): number {
    const { rewardFrom, rewardTo } = this.settings;
    return (this.scaleOf(input).standardise(raw) * (rewardTo[1] - rewardTo[0])) / (rewardFrom[1] - rewardFrom[0]);
  }

  /** Half from the best prompts, half from all; where prompts belong to inputs, as many of an input as in a step. */
  sample(count: number): ReplayEntry[] {
    const { inputConditioned, inputsPerStep } = this.settings;
    if (!inputConditioned) return this.buffer.sample(count, ELITE, this.replay);
    return this.buffer.sampleInputs(count, Math.max(2, Math.floor(count / inputsPerStep)), this.replay);
  }

  private scaleOf(input = ''): RewardScale {
    const scale = this.scales.get(input) ?? new RewardScale();
    this.scales.set(input, scale);
    return scale;
  }

  save(): TrainerState {
    const { json, arrays } = this.buffer.save();
    return {
      json: {
        sampling: this.sampling.save(),
        replayRng: this.replay.save(),
        ...(this.settings.inputConditioned
          ? { scales: [...this.scales].map(([input, scale]) => [input, scale.save()]) }
          : { scale: this.scaleOf().save() }),
        replay: json,
      },
      arrays,
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.sampling = Rng.restore(json.sampling as RngState);
    this.replay = Rng.restore(json.replayRng as RngState);
    this.scales.clear();
    const ofInputs = (json.scales ?? [['', json.scale]]) as [string, [number, number, number]][];
    for (const [input, saved] of ofInputs) this.scaleOf(input).restore(saved);
    this.buffer.restore({ json: json.replay as TrainerState['json'], arrays });
  }
}
