import { logVarianceLoss } from '../../../losses/log-variance.js';
import type { Generator } from '../../contract/settings.js';
import type { CreateTrainer, SettingsOf } from '../../contract/trainer-definition.js';
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
} from '../../contract/types.js';
import { drawFresh } from '../../policy/draw-fresh.js';
import { PolicyOptimizer } from '../../policy/policy-optimizer.js';
import { type PolicyRollout, PromptPolicy } from '../../policy/prompt-policy.js';
import { stackRollouts } from '../../policy/stack-rollouts.js';
import type { ReplayEntry } from '../../replay/replay-buffer.js';
import { RESTART_UPDATES, ReplayMemory } from '../../replay/replay-memory.js';
import type { logVariance } from './settings.js';

type Settings = SettingsOf<typeof logVariance>;

/**
 * Learns π ∝ p₀ e^r by the log-variance loss (`src/losses/log-variance.ts`): no value, no target network, and valid for
 * prompts from anywhere. So every scored prompt is learned from again (replay), prompts you provide can be taken in,
 * and prompts proposed before are drawn again to spend the forwards on new ones.
 */
class LogVariance implements Trainer {
  readonly name = 'log-variance';
  private readonly optimizer: PolicyOptimizer;
  private readonly memory: ReplayMemory;
  /** Share of different prompts among the first samples of a step: what was drawn again hides a collapse. */
  private distinctShare: number | undefined;

  private constructor(
    private readonly policy: PromptPolicy,
    private readonly settings: Settings,
  ) {
    this.optimizer = new PolicyOptimizer(policy.head.parameters, policy.head.shape, settings);
    this.memory = new ReplayMemory(settings);
  }

  static async create(generator: Generator, settings: Settings): Promise<LogVariance> {
    return new LogVariance(await PromptPolicy.create(generator, settings, { maskedInLoss: true }), settings);
  }

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  async propose(count: number, { inputs }: ProposeOptions = {}): Promise<Rollout[]> {
    const { buffer, samplingRng } = this.memory;
    this.distinctShare = undefined;
    const sample = async (rows: readonly number[]): Promise<PolicyRollout[]> => {
      const drawn = await this.policy.sample(rows.length, samplingRng, {
        inputs: inputs && rows.map((row) => inputs[row]!),
      });
      this.distinctShare ??=
        new Set(drawn.map(({ tokenIds, input }) => `${tokenIds.join(' ')}\t${input}`)).size / drawn.length;
      return drawn;
    };
    return drawFresh(count, this.settings.resampling, sample, (rollout) => buffer.has(rollout));
  }

  async update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options: UpdateOptions = {},
  ): Promise<UpdateMetrics> {
    this.memory.observe(rewards, rollouts, options);
    const entries = await this.toEntries(rollouts as readonly PolicyRollout[], rewards);
    const metrics = await this.learn(
      entries,
      rewards.map(({ shaped }) => shaped),
    );
    for (const entry of entries) this.memory.buffer.add(entry);
    await this.replay(this.settings.replayUpdates, entries.length);
    return this.distinctShare === undefined ? metrics : { ...metrics, 'policy/distinct': this.distinctShare };
  }

  async restart(options: UpdateOptions = {}): Promise<void> {
    this.memory.setRange(options);
    this.optimizer.restart(this.settings.seed);
    await this.replay(RESTART_UPDATES, this.settings.promptsPerStep);
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  async learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean> {
    const { promptLength, replayUpdates, mustContain } = this.settings;
    if (tokenIds.length !== promptLength || replayUpdates === 0 || mustContain !== undefined) return false;
    const rollout = await this.policy.follow(tokenIds);
    const reward = { raw: rawReward, zScored: 0, shaped: 0, ...(parts ? { parts } : {}) };
    const [entry] = await this.toEntries([rollout], [reward]);
    this.memory.buffer.add(entry!);
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

  private async toEntries(
    rollouts: readonly PolicyRollout[],
    rewards: readonly RolloutReward[],
  ): Promise<ReplayEntry[]> {
    const { time, hidden, actions } = stackRollouts(rollouts);
    const prior =
      this.settings.priorBeta > 0 ? (await this.policy.head.lmLogProbs(hidden, actions)).logProbs : undefined;
    return rollouts.map(({ tokenIds, trace, input }, i) => ({
      tokenIds,
      input,
      hidden: trace.hidden,
      priorLogProbs: prior?.slice(i * time, (i + 1) * time) ?? new Float32Array(time),
      rawReward: rewards[i]!.raw,
      group: rewards[i]!.group,
      parts: rewards[i]!.parts,
    }));
  }

  private async replay(updates: number, count: number): Promise<void> {
    for (let i = 0; i < updates && this.memory.buffer.size >= count; i++) {
      const replayed = this.memory.sample(count);
      if (replayed.length === 0) break;
      await this.learn(
        replayed,
        replayed.map((entry) => this.memory.shape(entry)),
      );
    }
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
      groups: groupsOf(entries),
    });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ weights }));
    return {
      loss,
      ...outcome,
      entropy: evaluation.entropies.reduce((sum, value) => sum + value / evaluation.entropies.length, 0),
    };
  }
}

export const create: CreateTrainer<typeof logVariance> = LogVariance.create;

/** Prompts of one input have one log Z; all have, where the policy reads no input. */
function groupsOf(entries: readonly ReplayEntry[]): number[] | undefined {
  if (entries[0]!.input === undefined) return undefined;
  const inputs = [...new Set(entries.map(({ input }) => input))];
  return entries.map(({ input }) => inputs.indexOf(input));
}
