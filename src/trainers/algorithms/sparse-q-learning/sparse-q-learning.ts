import { sparseQLoss } from '../../../losses/sparse-q.js';
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
import type { sparseQLearning } from './settings.js';

type Settings = SettingsOf<typeof sparseQLearning>;

/**
 * Sparse (Tsallis) Q-learning as PIN does it (arXiv 2407.14733): tokens are drawn by the sparsemax of Q, and Q of every
 * chosen token is regressed on its prompt's reward (`src/losses/sparse-q.ts`). The goal of a prompt does not depend on who
 * proposed it, so scored prompts are learned from again.
 */
class SparseQLearning implements Trainer {
  readonly name = 'sparse-q-learning';
  private readonly optimizer: PolicyOptimizer;
  private readonly memory: ReplayMemory;

  private constructor(
    private readonly policy: PromptPolicy,
    private readonly settings: Settings,
  ) {
    this.optimizer = new PolicyOptimizer(policy.head.parameters, policy.head.shape, settings);
    this.memory = new ReplayMemory(settings);
  }

  static async create(generator: Generator, settings: Settings): Promise<SparseQLearning> {
    // Q is regressed on rewards: log-probabilities of the LM in it would be taken for reward.
    const policy = await PromptPolicy.create(generator, { ...settings, priorBeta: 0 }, { maskedInLoss: true });
    return new SparseQLearning(policy, settings);
  }

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  propose(count: number, { inputs }: ProposeOptions = {}): Promise<Rollout[]> {
    return drawFresh(
      count,
      this.settings.resampling,
      (rows) =>
        this.policy.sample(rows.length, this.memory.samplingRng, {
          inputs: inputs && rows.map((row) => inputs[row]!),
          distribution: 'sparsemax',
        }),
      (rollout) => this.memory.buffer.has(rollout),
    );
  }

  async update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options: UpdateOptions = {},
  ): Promise<UpdateMetrics> {
    const sampled = rollouts as readonly PolicyRollout[];
    this.memory.observe(rewards, rollouts, options);
    const entries = sampled.map((rollout, i) => toEntry(rollout, rewards[i]!));
    for (const entry of entries) this.memory.buffer.add(entry);
    const metrics = await this.learn(entries);
    await this.replay(this.settings.replayUpdates, entries.length);
    const logProbs = sampled.flatMap(({ trace }) => [...trace.samplingLogProbs]);
    // −mean log p of a sample estimates the entropy of the sparsemax policy it was drawn from.
    return { ...metrics, entropy: Math.max(0, -logProbs.reduce((sum, value) => sum + value / logProbs.length, 0)) };
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
    if (tokenIds.length !== this.settings.promptLength || this.settings.replayUpdates === 0) return false;
    this.memory.buffer.add(toEntry(await this.policy.follow(tokenIds), { raw: rawReward, parts }));
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

  private async replay(updates: number, count: number): Promise<void> {
    for (let i = 0; i < updates; i++) {
      const replayed = this.memory.sample(count);
      if (replayed.length > 0) await this.learn(replayed);
    }
  }

  /** One step of Adam; rewards are standardised by running statistics, so that fresh and replayed prompts have one goal. */
  private async learn(entries: readonly ReplayEntry[]) {
    const { discount } = this.settings;
    const { batch, time, hidden, actions } = stackRollouts(entries.map((entry) => ({ ...entry, trace: entry })));
    const evaluation = await this.policy.head.evaluate(hidden, actions);
    const qValues = evaluation.logProbs.map((logProb, cell) => logProb + evaluation.values[cell]!);
    const rewards = entries.map((entry) => this.memory.shape(entry));
    const { loss, qWeights } = sparseQLoss({ batch, time, qValues, rewards, discount });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ qWeights }));
    return { loss, ...outcome, 'policy/q-mean': qValues.reduce((sum, value) => sum + value / qValues.length, 0) };
  }
}

export const create: CreateTrainer<typeof sparseQLearning> = SparseQLearning.create;

function toEntry(
  { tokenIds, input, trace: { hidden } }: PolicyRollout,
  {
    raw,
    parts,
    group,
  }: { readonly raw: number; readonly parts?: RewardParts | undefined; readonly group?: number | undefined },
): ReplayEntry {
  return { tokenIds, input, hidden, priorLogProbs: new Float32Array(tokenIds.length), rawReward: raw, parts, group };
}
