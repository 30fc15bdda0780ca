import { Rng, type RngState } from '../../../random/rng.js';
import type { Generator } from '../../contract/settings.js';
import type { CreateTrainer, SettingsOf } from '../../contract/trainer-definition.js';
import type {
  RewardParts,
  Rollout,
  RolloutReward,
  Trainer,
  TrainerState,
  UpdateMetrics,
} from '../../contract/types.js';
import { childOf } from '../../search/crossover.js';
import { PromptArchive, type ScoredPrompt } from '../../search/prompt-archive.js';
import { SearchSpace } from '../../search/search-space.js';
import type { evolution } from './settings.js';

type Settings = SettingsOf<typeof evolution>;

/**
 * A (μ + λ) genetic algorithm over tokens: parents win tournaments of three, a child takes each position from one of
 * two parents, on average one token is drawn again, and the μ best of parents and children survive.
 */
class Evolution implements Trainer {
  readonly name = 'evolution';
  private readonly archive = new PromptArchive();
  /** Best first. */
  private population: ScoredPrompt[] = [];
  private rng: Rng;

  private constructor(
    private readonly space: SearchSpace,
    private readonly populationSize: number,
    seed: number,
  ) {
    this.rng = Rng.create(seed, 'search');
  }

  static async create(generator: Generator, settings: Settings): Promise<Evolution> {
    return new Evolution(SearchSpace.create(generator, settings), settings.populationSize, settings.seed);
  }

  async propose(count: number): Promise<Rollout[]> {
    const prompts = await this.archive.unseen(count, (missing, round) =>
      Array.from({ length: missing }, () => this.child(1 + round)),
    );
    return prompts.map((prompt) => this.space.rollout(prompt));
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    rollouts.forEach(({ tokenIds }, i) => {
      this.take(tokenIds, rewards[i]!.raw, rewards[i]!.parts);
    });
    return {
      loss: 0,
      gradNorm: 0,
      entropy: tokenEntropy(this.population),
      'search/best-reward': this.population[0]!.reward,
      'search/population-mean': this.population.reduce((sum, { reward }) => sum + reward, 0) / this.population.length,
    };
  }

  async best(): Promise<Rollout> {
    return this.space.rollout(this.archive.best?.tokenIds ?? this.space.firstPrompt());
  }

  /** A prompt of this search's own kind joins the population. */
  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (!this.space.admits(tokenIds)) return false;
    this.take(tokenIds, rawReward, parts);
    return true;
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.archive.reweigh(rewardOf);
    this.population = this.population.map(({ tokenIds }) => this.archive.get(tokenIds)!);
    this.population.sort((a, b) => b.reward - a.reward);
  }

  save(): TrainerState {
    const { rng, archive, population } = this;
    const survivors = population.map(({ tokenIds }) => tokenIds);
    return { json: { rng: rng.save(), archive: archive.save(), population: survivors }, arrays: {} };
  }

  restore({ json }: TrainerState): void {
    this.rng = Rng.restore(json.rng as RngState);
    this.archive.restore(json.archive as ReturnType<PromptArchive['save']>);
    this.population = (json.population as number[][]).map((tokenIds) => this.archive.get(tokenIds)!);
  }

  async dispose(): Promise<void> {}

  private take(tokenIds: readonly number[], reward: number, parts?: RewardParts): void {
    if (this.archive.get(tokenIds)) return;
    this.archive.add(tokenIds, reward, parts);
    this.population.push(this.archive.get(tokenIds)!);
    this.population.sort((a, b) => b.reward - a.reward);
    this.population.length = Math.min(this.population.length, this.populationSize);
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
  const length = population[0]!.tokenIds.length;
  let sum = 0;
  for (let position = 0; position < length; position++) {
    const counts = new Map<number, number>();
    for (const { tokenIds } of population) counts.set(tokenIds[position]!, (counts.get(tokenIds[position]!) ?? 0) + 1);
    for (const count of counts.values()) sum -= (count / population.length) * Math.log(count / population.length);
  }
  return sum / length;
}
