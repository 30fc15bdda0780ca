import { Rng, type RngState } from '../../random/rng.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';
import type {
  RewardParts,
  Rollout,
  RolloutReward,
  Trainer,
  TrainerState,
  UpdateMetrics,
  UpdateOptions,
} from '../contract/types.js';
import { correlation } from './correlation.js';
import { pooledStates } from './pooled-states.js';
import { type Prediction, RidgeEnsemble } from './ridge-ensemble.js';
import { ScoredPrompts } from './scored-prompts.js';

/** Distinct prompts that must be scored before the surrogate is asked. */
const FIRST_FIT = 64;
const CAPACITY = 512;
const MEMBERS = 8;
const RIDGE = 3;
/** Deviations above the mean at which a prompt is judged: what is little known is worth a look. */
const OPTIMISM = 1;

interface Pending {
  readonly features: Float32Array;
  /** Undefined while nothing is screened. */
  readonly predicted: number | undefined;
}

/**
 * Lets a trainer propose several times the prompts of a step and hands on those of which a surrogate expects most: ridge
 * regressions from the frozen LM's mean hidden state to the raw reward, upper confidence (after INSTINCT, arXiv 2310.02905).
 * The prompts are then no sample of the trainer's own: only for trainers that can learn from prompts from anywhere.
 */
export class Screened implements Trainer {
  readonly name: string;
  /** Where the trainer has it. */
  readonly restart?: (options?: UpdateOptions) => Promise<void>;
  private readonly scored = new ScoredPrompts(CAPACITY);
  private pending = new Map<string, Pending>();
  private rng: Rng;

  constructor(
    private readonly inner: Trainer,
    private readonly generator: Generator,
    private readonly settings: Pick<TrainerSettings, 'seed' | 'screening'>,
  ) {
    this.name = inner.name;
    this.rng = Rng.create(settings.seed, 'screening');
    if (inner.restart) this.restart = (options) => inner.restart!(options);
  }

  async propose(count: number): Promise<Rollout[]> {
    const isReady = this.scored.size >= FIRST_FIT;
    const proposed = await this.inner.propose(isReady ? this.settings.screening * count : count);
    const distinct = [...new Map(proposed.map((rollout) => [keyOf(rollout), rollout])).values()];
    const prompts = distinct.map(({ tokenIds }) => tokenIds);
    const features = await pooledStates(this.generator, prompts);
    const predictions = isReady ? this.predict(features) : undefined;
    this.pending = new Map(
      distinct.map((rollout, i) => [keyOf(rollout), { features: features[i]!, predicted: predictions?.[i]?.mean }]),
    );
    if (!predictions) return proposed;
    const chosen = this.mostPromising(distinct, predictions, count);
    // A trainer that repeats itself is to be seen as one.
    const repeats = proposed.filter((rollout) => !distinct.includes(rollout));
    return [...chosen, ...repeats].slice(0, count);
  }

  async update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options: UpdateOptions = {},
  ): Promise<UpdateMetrics> {
    const metrics = await this.inner.update(rollouts, rewards, options);
    const pending = rollouts.map((rollout) => this.pending.get(keyOf(rollout))!);
    const predicted = pending.flatMap(({ predicted }) => (predicted === undefined ? [] : [predicted]));
    rollouts.forEach(({ tokenIds }, i) => {
      this.scored.add(tokenIds, pending[i]!.features, rewards[i]!.raw, rewards[i]!.parts);
    });
    if (predicted.length === 0) return metrics;
    const raw = rewards.map((reward) => reward.raw);
    return { ...metrics, 'screen/correlation': correlation(predicted, raw) };
  }

  best(): Promise<Rollout> {
    return this.inner.best();
  }

  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    if (tokenIds.length > 0) {
      const [features] = await pooledStates(this.generator, [tokenIds]);
      this.scored.add(tokenIds, features!, rawReward, parts);
    }
    return this.inner.learnFrom(tokenIds, rawReward, parts);
  }

  reweigh(rewardOf: (parts: RewardParts) => number): void {
    this.scored.reweigh(rewardOf);
    this.inner.reweigh?.(rewardOf);
  }

  save(): TrainerState {
    const [inner, scored] = [this.inner.save(), this.scored.save()];
    return {
      json: { inner: inner.json, scored: scored.json, rng: this.rng.save() },
      arrays: { ...inner.arrays, ...scored.arrays },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.inner.restore({ json: json.inner as TrainerState['json'], arrays });
    this.scored.restore({ json: json.scored as TrainerState['json'], arrays });
    this.rng = Rng.restore(json.rng as RngState);
  }

  dispose(): Promise<void> {
    return this.inner.dispose();
  }

  private predict(features: readonly Float32Array[]): Prediction[] {
    const { features: points, rewards } = this.scored;
    const surrogate = RidgeEnsemble.fit(points, rewards, this.rng, { members: MEMBERS, ridge: RIDGE });
    return features.map((point) => surrogate.predict(point));
  }

  /** Those of which most is expected; prompts that were scored before come last. */
  private mostPromising(rollouts: readonly Rollout[], predictions: readonly Prediction[], count: number): Rollout[] {
    const promise = predictions.map(({ mean, deviation }) => mean + OPTIMISM * deviation);
    const order = [...rollouts.keys()].sort(
      (a, b) => this.isKnown(rollouts[a]!) - this.isKnown(rollouts[b]!) || promise[b]! - promise[a]! || a - b,
    );
    return order.slice(0, count).map((i) => rollouts[i]!);
  }

  private isKnown({ tokenIds }: Rollout): number {
    return this.scored.has(tokenIds) ? 1 : 0;
  }
}

function keyOf({ tokenIds }: Rollout): string {
  return tokenIds.join(' ');
}
