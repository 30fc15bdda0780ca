import { Rng, type RngState } from '../../../random/rng.js';
import type { Generator, TrainerSettings } from '../../contract/settings.js';
import type { CreateTrainer } from '../../contract/trainer-definition.js';
import type {
  RewardParts,
  Rollout,
  RolloutReward,
  Trainer,
  TrainerState,
  UpdateMetrics,
} from '../../contract/types.js';
import { PromptArchive, type ScoredPrompt } from '../../search/prompt-archive.js';
import { SearchSpace } from '../../search/search-space.js';
import type { hillClimb } from './settings.js';

/**
 * (1 + λ) search: every proposal is the parent with one token drawn again, and the best of a step becomes the parent
 * unless it is worse. λ is the number of prompts of a step; the first step is drawn uniformly.
 */
class HillClimb implements Trainer {
  readonly name = 'hill-climb';
  private readonly archive = new PromptArchive();
  private parent: ScoredPrompt | undefined;
  private rng: Rng;

  private constructor(
    private readonly space: SearchSpace,
    seed: number,
  ) {
    this.rng = Rng.create(seed, 'search');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<HillClimb> {
    return new HillClimb(SearchSpace.create(generator, settings), settings.seed);
  }

  async propose(count: number): Promise<Rollout[]> {
    const prompts = await this.archive.unseen(count, (missing, round) =>
      Array.from({ length: missing }, () => this.child(round)),
    );
    return prompts.map((prompt) => this.space.rollout(prompt));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    const entropy = this.proposalEntropy();
    rollouts.forEach(({ tokenIds }, i) => {
      this.take(tokenIds, rewards[i]!.raw, rewards[i]!.parts);
    });
    return { loss: 0, gradNorm: 0, entropy, 'search/best-reward': this.archive.best!.reward };
  }

  async best(): Promise<Rollout> {
    return this.space.rollout(this.archive.best?.tokenIds ?? this.space.firstPrompt());
  }

  /** A prompt of this search's own kind becomes the parent unless it is worse. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (!this.space.admits(tokenIds)) return false;
    this.take(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
    this.parent = this.parent && this.archive.get(this.parent.tokenIds);
  }

  save(): TrainerState {
    const { rng, archive, parent } = this;
    return { json: { rng: rng.save(), archive: archive.save(), parent: parent?.tokenIds ?? null }, arrays: {} };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
    const parent = json.parent as number[] | null;
    this.parent = parent ? this.archive.get(parent) : undefined;
  }

  async dispose(): Promise<void> {}

  /** Equals replace the parent too: the search drifts across plateaus. */
  private take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void {
    this.archive.add(tokenIds, reward, parts);
    if (!this.parent || reward >= this.parent.reward) this.parent = this.archive.get(tokenIds);
  }

  /** When all neighbours are known, later rounds change more tokens. */
  private child(round: number): number[] {
    if (!this.parent) return this.space.randomPrompt(this.rng);
    return this.space.substituted(this.parent.tokenIds, 1 + Math.floor(round / 8), this.rng);
  }

  /** Of the step just proposed, a token: uniform at the start, then ln(T · V) nats over a prompt of T tokens. */
  private proposalEntropy(): number {
    const { tokenEntropy, promptLength } = this.space;
    return this.parent ? (Math.log(promptLength) + tokenEntropy) / promptLength : tokenEntropy;
  }
}

export const create: CreateTrainer<typeof hillClimb> = HillClimb.create;
