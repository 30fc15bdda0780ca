import type { Generator } from '../../contract/settings.js';
import type { CreateTrainer, SettingsOf } from '../../contract/trainer-definition.js';
import type { RewardParts, Rollout, RolloutReward, TrainerState, UpdateMetrics } from '../../contract/types.js';
import { ArchiveSearch } from '../../search/archive-search.js';
import { childOf } from '../../search/crossover.js';
import type { ScoredPrompt } from '../../search/prompt-archive.js';
import { SearchSpace } from '../../search/search-space.js';
import type { evolution } from './settings.js';

type Settings = SettingsOf<typeof evolution>;

/**
 * A (μ + λ) genetic algorithm over tokens: parents win tournaments of three, a child takes each position from one of
 * two parents, on average one token is drawn again, and the μ best of parents and children survive.
 */
class Evolution extends ArchiveSearch {
  readonly name = 'evolution';
  /** Best first. */
  private population: ScoredPrompt[] = [];

  private constructor(
    space: SearchSpace,
    private readonly populationSize: number,
    seed: number,
  ) {
    super(space, seed);
  }

  static async create(generator: Generator, settings: Settings): Promise<Evolution> {
    return new Evolution(await SearchSpace.create(generator, settings), settings.populationSize, settings.seed);
  }

  async propose(count: number): Promise<Rollout[]> {
    const prompts = await this.archive.unseen(count, (missing, round) =>
      Array.from({ length: missing }, () => this.child(1 + round)),
    );
    return prompts.map((prompt) => this.space.rollout(prompt));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    const metrics = this.takeStep(rollouts, rewards);
    return {
      ...metrics,
      entropy: tokenEntropy(this.population),
      'search/population-mean': this.population.reduce((sum, { reward }) => sum + reward, 0) / this.population.length,
    };
  }

  protected override refresh(): void {
    this.population = this.known(this.population.map(({ tokenIds }) => tokenIds));
    this.population.sort((a, b) => b.reward - a.reward);
  }

  protected override saveOwn(): TrainerState['json'] {
    return { population: this.population.map(({ tokenIds }) => tokenIds) };
  }

  protected override restoreOwn(json: TrainerState['json']): void {
    this.population = this.known(json.population as number[][]);
  }

  protected override take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void {
    if (this.archive.get(tokenIds)) return;
    this.population.push(this.archive.add(tokenIds, reward, parts));
    this.population.sort((a, b) => b.reward - a.reward);
    this.population.length = Math.min(this.population.length, this.populationSize);
  }

  private known(prompts: readonly (readonly number[])[]): ScoredPrompt[] {
    return prompts.flatMap((tokenIds) => this.archive.get(tokenIds) ?? []);
  }

  /** @param mutations how many tokens are drawn again on average */
  private child(mutations: number): number[] {
    if (this.population.length < this.populationSize) return this.space.randomPrompt(this.rng);
    const parents = this.population.map(({ tokenIds }) => tokenIds);
    return childOf(parents, { mutations, rng: this.rng }, () => this.space.randomToken(this.rng));
  }
}

export const create: CreateTrainer<typeof evolution> = Evolution.create;

/** Entropy in nats of the tokens that stand at a position, averaged over the positions: 0 when all prompts are one. */
function tokenEntropy(population: readonly ScoredPrompt[]): number {
  const positions = new Map<number, Map<number, number>>();
  for (const { tokenIds } of population) {
    for (const [position, token] of tokenIds.entries()) {
      const counts = positions.get(position) ?? new Map<number, number>();
      positions.set(position, counts.set(token, (counts.get(token) ?? 0) + 1));
    }
  }
  let sum = 0;
  for (const counts of positions.values()) {
    for (const count of counts.values()) sum -= (count / population.length) * Math.log(count / population.length);
  }
  return sum / positions.size;
}
