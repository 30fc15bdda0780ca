import { Rng, type RngState } from '../../random/rng.js';
import { zip } from '../../statistics/zip.js';
import type { RewardParts, Rollout, RolloutReward, Trainer, TrainerState, UpdateMetrics } from '../contract/types.js';
import { PromptArchive } from './prompt-archive.js';
import type { SearchSpace } from './search-space.js';

/** A search without a policy: it changes prompts it has seen, and keeps them all with their rewards. */
export abstract class ArchiveSearch implements Trainer {
  abstract readonly name: string;
  protected readonly archive = new PromptArchive();
  protected rng: Rng;

  protected constructor(
    protected readonly space: SearchSpace,
    seed: number,
  ) {
    this.rng = Rng.create(seed, 'search');
  }

  abstract propose(count: number): Promise<Rollout[]>;

  abstract update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics>;

  /** Takes in a scored prompt: into the archive, and among those that are changed next where it is good enough. */
  protected abstract take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void;

  /** The prompts that are changed next have other rewards now. */
  protected abstract refresh(): void;

  /** What the search keeps beside its archive and random numbers. */
  protected abstract saveOwn(): TrainerState['json'];

  protected abstract restoreOwn(json: TrainerState['json']): void;

  async best(): Promise<Rollout> {
    return this.space.rollout(this.archive.best?.tokenIds ?? this.firstPrompt());
  }

  /** A prompt of this search's own kind competes with what it has found. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (!this.admits(tokenIds)) return false;
    this.take(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
    this.refresh();
  }

  save(): TrainerState {
    return { json: { rng: this.rng.save(), archive: this.archive.save(), ...this.saveOwn() }, arrays: {} };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
    this.restoreOwn(json);
  }

  async dispose(): Promise<void> {}

  /** The best reward seen; what a search without a loss reports of a step. */
  protected takeStep(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]) {
    for (const [{ tokenIds }, { raw, parts }] of zip(rollouts, rewards)) this.take(tokenIds, raw, parts);
    return { loss: 0, gradNorm: 0, 'search/best-reward': this.bestReward };
  }

  protected get bestReward(): number {
    return this.archive.best?.reward ?? Number.NEGATIVE_INFINITY;
  }

  protected admits(tokenIds: readonly number[]): boolean {
    return this.space.admits(tokenIds);
  }

  /** What is called best while nothing was seen. */
  protected firstPrompt(): readonly number[] {
    return this.space.firstPrompt();
  }
}
