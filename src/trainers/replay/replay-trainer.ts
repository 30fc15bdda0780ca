import type { TrainerSettings } from '../contract/settings.js';
import type {
  ConditionedPolicy,
  ProposeOptions,
  RewardParts,
  Rollout,
  RolloutReward,
  Trainer,
  TrainerState,
  UpdateMetrics,
  UpdateOptions,
} from '../contract/types.js';
import { PolicyOptimizer } from '../policy/policy-optimizer.js';
import type { PolicyRollout, PromptPolicy } from '../policy/prompt-policy.js';
import type { ReplayEntry } from './replay-buffer.js';
import { RESTART_UPDATES, ReplayMemory } from './replay-memory.js';

export interface ReplaySettings extends TrainerSettings {
  /** Further updates per step on prompts scored before. */
  readonly replayUpdates: number;
  /** How often a prompt that was proposed before is drawn again. */
  readonly resampling: number;
}

/** The reward of a prompt from anywhere, as far as replay keeps it. */
export type KeptReward = Pick<RolloutReward, 'raw' | 'parts' | 'group'>;

/** A policy whose loss holds for prompts from anywhere, so that every scored prompt is learned from again. */
export abstract class ReplayTrainer<Settings extends ReplaySettings> implements Trainer {
  abstract readonly name: string;
  protected readonly optimizer: PolicyOptimizer;
  protected readonly memory: ReplayMemory;

  protected constructor(
    protected readonly policy: PromptPolicy,
    protected readonly settings: Settings,
  ) {
    this.optimizer = new PolicyOptimizer(policy.head.parameters, policy.head.shape, settings);
    this.memory = new ReplayMemory(settings);
  }

  abstract propose(count: number, options?: ProposeOptions): Promise<Rollout[]>;

  abstract update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options?: UpdateOptions,
  ): Promise<UpdateMetrics>;

  /** One update of the policy on prompts that were scored before. */
  protected abstract learnAgain(entries: readonly ReplayEntry[]): Promise<unknown>;

  /** What replay keeps of scored prompts. */
  protected abstract toEntries(
    rollouts: readonly PolicyRollout[],
    rewards: readonly KeptReward[],
  ): Promise<ReplayEntry[]>;

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  async restart(options: UpdateOptions = {}): Promise<void> {
    this.memory.setRange(options);
    await this.optimizer.restart(this.settings.seed);
    await this.replay(RESTART_UPDATES, this.settings.promptsPerStep);
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (!this.canLearnFrom(tokenIds)) return false;
    const reward = { raw: rawReward, ...(parts ? { parts } : {}) };
    for (const entry of await this.toEntries([await this.policy.follow(tokenIds)], [reward])) this.keep(entry);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.memory.reweigh(rewardOf);
  }

  save(): TrainerState {
    const [learned, kept] = [this.optimizer.save(), this.memory.save()];
    return { json: { ...learned.json, ...kept.json }, arrays: { ...learned.arrays, ...kept.arrays } };
  }

  restore(state: TrainerState): void {
    this.optimizer.restore(state);
    this.memory.restore(state);
  }

  async dispose(): Promise<void> {
    await this.policy.dispose();
  }

  protected keep(entry: ReplayEntry): void {
    this.memory.buffer.add(entry);
  }

  protected canLearnFrom(tokenIds: readonly number[]): boolean {
    const { promptLength, minPromptLength = promptLength, replayUpdates } = this.settings;
    const { length } = tokenIds;
    const fits = length >= minPromptLength && length <= promptLength;
    return replayUpdates > 0 && fits && this.policy.admits(tokenIds);
  }

  /** @param count prompts of each update */
  protected async replay(updates: number, count: number): Promise<void> {
    for (let i = 0; i < updates; i++) {
      const replayed = this.memory.sample(count);
      if (replayed.length === 0) break;
      await this.learnAgain(replayed);
    }
  }
}
