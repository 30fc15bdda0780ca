import type { Generator, TrainerSettings } from '../../contract/settings.js';
import type { CreateTrainer } from '../../contract/trainer-definition.js';
import type { RewardParts, Rollout, RolloutReward, TrainerState, UpdateMetrics } from '../../contract/types.js';
import { ArchiveSearch } from '../../search/archive-search.js';
import type { ScoredPrompt } from '../../search/prompt-archive.js';
import { SearchSpace } from '../../search/search-space.js';
import type { hillClimb } from './settings.js';

/**
 * (1 + λ) search: every proposal is the parent with one token drawn again, and the best of a step becomes the parent
 * unless it is worse. λ is the number of prompts of a step; the first step is drawn uniformly.
 */
class HillClimb extends ArchiveSearch {
  readonly name = 'hill-climb';
  private parent: ScoredPrompt | undefined;

  static async create(generator: Generator, settings: TrainerSettings): Promise<HillClimb> {
    return new HillClimb(await SearchSpace.create(generator, settings), settings.seed);
  }

  async propose(count: number): Promise<Rollout[]> {
    const prompts = await this.archive.unseen(count, (missing, round) =>
      Array.from({ length: missing }, () => this.child(round)),
    );
    return prompts.map((prompt) => this.space.rollout(prompt));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    const entropy = this.proposalEntropy();
    return { ...this.takeStep(rollouts, rewards), entropy };
  }

  protected override refresh(): void {
    this.parent = this.parent && this.archive.get(this.parent.tokenIds);
  }

  protected override saveOwn(): TrainerState['json'] {
    return { parent: this.parent?.tokenIds ?? null };
  }

  protected override restoreOwn(json: TrainerState['json']): void {
    const parent = json.parent as number[] | null;
    this.parent = parent ? this.archive.get(parent) : undefined;
  }

  /** Equals replace the parent too: the search drifts across plateaus. */
  protected override take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void {
    const scored = this.archive.add(tokenIds, reward, parts);
    if (!this.parent || reward >= this.parent.reward) this.parent = scored;
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
