import { Rng, type RngState } from '../random/rng.js';
import { PromptArchive } from './prompt-archive.js';
import { requireFiniteRewards } from './require-finite-rewards.js';
import { SearchSpace } from './search-space.js';
import type { Generator, TrainerSettings } from './settings.js';
import type { RewardParts, Rollout, RolloutReward, Trainer, TrainerState, UpdateMetrics } from './types.js';

/** Prompts of tokens drawn uniformly from the allowed ones, none twice: what every other trainer has to beat. */
export class RandomSearch implements Trainer {
  readonly name = 'random';
  private readonly archive = new PromptArchive();
  private rng: Rng;

  private constructor(
    private readonly space: SearchSpace,
    seed: number,
  ) {
    this.rng = Rng.create(seed, 'search');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<RandomSearch> {
    return new RandomSearch(SearchSpace.create(generator, settings), settings.seed);
  }

  async propose(count: number): Promise<Rollout[]> {
    const prompts = await this.archive.unseen(count, (missing) =>
      Array.from({ length: missing }, () => this.space.randomPrompt(this.rng)),
    );
    return prompts.map((prompt) => this.space.rollout(prompt));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    rollouts.forEach(({ tokenIds }, i) => {
      this.archive.add(tokenIds, rewards[i]!.raw, rewards[i]!.parts);
    });
    return { loss: 0, gradNorm: 0, entropy: this.space.tokenEntropy, 'search/best-reward': this.archive.best!.reward };
  }

  async best(): Promise<Rollout> {
    return this.space.rollout(this.archive.best?.tokenIds ?? this.space.firstPrompt());
  }

  /** It joins what was seen: it is not proposed again, and may be the best. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    this.archive.add(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
  }

  save(): TrainerState {
    return { json: { rng: this.rng.save(), archive: this.archive.save() }, arrays: {} };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
  }

  async dispose(): Promise<void> {}
}
