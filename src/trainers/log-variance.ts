import { logVarianceLoss } from '../losses/log-variance.js';
import { Rng, type RngState } from '../random/rng.js';
import { drawFresh } from './draw-fresh.js';
import { PolicyOptimizer } from './policy-optimizer.js';
import { type PolicyRollout, PromptPolicy } from './prompt-policy.js';
import { ReplayBuffer, type ReplayEntry } from './replay-buffer.js';
import { requireFiniteRewards } from './require-finite-rewards.js';
import { RewardScale } from './reward-scale.js';
import type { Generator, TrainerSettings } from './settings.js';
import { stackRollouts } from './stack-rollouts.js';
import type { Rollout, RolloutReward, Trainer, TrainerState, UpdateMetrics } from './types.js';

const REPLAY_CAPACITY = 512;
const ELITE = 64;

/**
 * Learns π ∝ p₀ e^r by the log-variance loss (`src/losses/log-variance.ts`): no value, no target network, and valid for
 * prompts from anywhere. So every scored prompt is learned from again (replay), prompts of a user's own can be taken in, and
 * prompts proposed before are drawn again to spend the forwards on new ones.
 */
export class LogVariance implements Trainer {
  readonly name = 'log-variance';
  private readonly optimizer: PolicyOptimizer;
  private readonly replay = new ReplayBuffer(REPLAY_CAPACITY);
  private readonly scale = new RewardScale();
  private samplingRng: Rng;
  private replayRng: Rng;

  private constructor(
    private readonly policy: PromptPolicy,
    private readonly settings: TrainerSettings,
  ) {
    this.optimizer = new PolicyOptimizer(policy.head.parameters, policy.head.shape, settings);
    this.samplingRng = Rng.create(settings.seed, 'sampling');
    this.replayRng = Rng.create(settings.seed, 'replay');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<LogVariance> {
    return new LogVariance(await PromptPolicy.create(generator, settings, { maskedInLoss: true }), settings);
  }

  propose(count: number): Promise<Rollout[]> {
    return drawFresh(
      count,
      this.settings.redraws,
      (missing) => this.policy.sample(missing, this.samplingRng),
      (tokenIds) => this.replay.has(tokenIds),
    );
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    this.scale.observe(rewards.map(({ raw }) => raw));
    const entries = await this.toEntries(rollouts as readonly PolicyRollout[], rewards);
    const metrics = await this.learn(
      entries,
      rewards.map(({ shaped }) => shaped),
    );
    for (const entry of entries) this.replay.add(entry);
    for (let i = 0; i < this.settings.replayUpdates && this.replay.size >= entries.length; i++) {
      const replayed = this.replay.sample(entries.length, ELITE, this.replayRng);
      await this.learn(
        replayed,
        replayed.map(({ rawReward }) => this.shape(rawReward)),
      );
    }
    return metrics;
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  async learnFrom(tokenIds: readonly number[], rawReward: number): Promise<boolean> {
    if (tokenIds.length !== this.settings.promptLength || this.settings.replayUpdates === 0) return false;
    const rollout = await this.policy.follow(tokenIds);
    const [entry] = await this.toEntries([rollout], [{ raw: rawReward, zScored: 0, shaped: 0 }]);
    this.replay.add(entry!);
    return true;
  }

  save(): TrainerState {
    const { json, arrays } = this.optimizer.save();
    const replay = this.replay.save();
    return {
      json: {
        ...json,
        sampling: this.samplingRng.save(),
        replayRng: this.replayRng.save(),
        scale: this.scale.save(),
        replay: replay.json,
      },
      arrays: { ...arrays, ...replay.arrays },
    };
  }

  restore(state: TrainerState): void {
    const { json, arrays } = state;
    this.optimizer.restore(state);
    this.samplingRng = Rng.restore(json.sampling as RngState);
    this.replayRng = Rng.restore(json.replayRng as RngState);
    this.scale.restore(json.scale as [number, number, number]);
    this.replay.restore({ json: json.replay as TrainerState['json'], arrays });
  }

  async dispose(): Promise<void> {
    await this.policy.dispose();
  }

  /** A raw reward on the scale of shaped ones: by running statistics, since a replayed batch is no sample of a step. */
  private shape(raw: number): number {
    const { rewardFrom, rewardTo } = this.settings;
    return (this.scale.standardise(raw) * (rewardTo[1] - rewardTo[0])) / (rewardFrom[1] - rewardFrom[0]);
  }

  private async toEntries(
    rollouts: readonly PolicyRollout[],
    rewards: readonly RolloutReward[],
  ): Promise<ReplayEntry[]> {
    const { time, hidden, actions } = stackRollouts(rollouts);
    const prior =
      this.settings.priorBeta > 0 ? (await this.policy.head.lmLogProbs(hidden, actions)).logProbs : undefined;
    return rollouts.map(({ tokenIds, trace }, i) => ({
      tokenIds,
      hidden: trace.hidden,
      priorLogProbs: prior?.slice(i * time, (i + 1) * time) ?? new Float32Array(time),
      rawReward: rewards[i]!.raw,
    }));
  }

  private async learn(entries: readonly ReplayEntry[], shaped: readonly number[]): Promise<UpdateMetrics> {
    const { priorBeta } = this.settings;
    const { batch, time, hidden, actions } = stackRollouts(entries.map((entry) => ({ ...entry, trace: entry })));
    const evaluation = await this.policy.head.evaluate(hidden, actions);
    const { loss, weights } = logVarianceLoss({
      batch,
      time,
      logProbs: evaluation.logProbs,
      ...(priorBeta > 0
        ? { priorLogProbs: entries.flatMap((entry) => Array.from(entry.priorLogProbs, (p) => priorBeta * p)) }
        : {}),
      rewards: shaped,
    });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ weights }));
    return {
      loss,
      ...outcome,
      entropy: evaluation.entropies.reduce((sum, value) => sum + value / evaluation.entropies.length, 0),
    };
  }
}
