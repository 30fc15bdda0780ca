import { sparseQLoss } from '../../../losses/sparse-q.js';
import { zip } from '../../../statistics/zip.js';
import type { Generator } from '../../contract/settings.js';
import type { CreateTrainer, SettingsOf } from '../../contract/trainer-definition.js';
import type { ProposeOptions, Rollout, RolloutReward, UpdateMetrics, UpdateOptions } from '../../contract/types.js';
import { drawFresh, inputsOf } from '../../policy/draw-fresh.js';
import { type PolicyRollout, PromptPolicy } from '../../policy/prompt-policy.js';
import { stackRollouts } from '../../policy/stack-rollouts.js';
import type { ReplayEntry } from '../../replay/replay-buffer.js';
import { type KeptReward, ReplayTrainer } from '../../replay/replay-trainer.js';
import type { sparseQLearning } from './settings.js';

type Settings = SettingsOf<typeof sparseQLearning>;

/**
 * Sparse (Tsallis) Q-learning as PIN does it (arXiv 2407.14733): tokens are drawn by the sparsemax of Q, and Q of every
 * chosen token is regressed on its prompt's reward (`src/losses/sparse-q.ts`). The goal of a prompt does not depend on who
 * proposed it, so scored prompts are learned from again.
 */
class SparseQLearning extends ReplayTrainer<Settings> {
  readonly name = 'sparse-q-learning';

  static async create(generator: Generator, settings: Settings): Promise<SparseQLearning> {
    // Q is regressed on rewards: log-probabilities of the LM in it would be taken for reward.
    const policy = await PromptPolicy.create(generator, { ...settings, priorBeta: 0 }, { maskedInLoss: true });
    return new SparseQLearning(policy, settings);
  }

  async propose(count: number, options: ProposeOptions = {}): Promise<Rollout[]> {
    const { buffer, samplingRng } = this.memory;
    const sample = (rows: readonly number[]): Promise<PolicyRollout[]> =>
      this.policy.sample(rows.length, samplingRng, { inputs: inputsOf(rows, options), distribution: 'sparsemax' });
    const drawn = await drawFresh(count, this.settings.resampling, sample, (rollout) => buffer.has(rollout));
    return drawn.rollouts;
  }

  async update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options: UpdateOptions = {},
  ): Promise<UpdateMetrics> {
    const sampled = rollouts as readonly PolicyRollout[];
    this.memory.observe(rewards, rollouts, options);
    const entries = await this.toEntries(sampled, rewards);
    for (const entry of entries) this.keep(entry);
    const metrics = await this.learnAgain(entries);
    await this.replay(this.settings.replayUpdates, entries.length);
    const logProbs = sampled.flatMap(({ trace }) => [...trace.samplingLogProbs]);
    // −mean log p of a sample estimates the entropy of the sparsemax policy it was drawn from.
    return { ...metrics, entropy: Math.max(0, -logProbs.reduce((sum, value) => sum + value / logProbs.length, 0)) };
  }

  protected override async toEntries(
    rollouts: readonly PolicyRollout[],
    rewards: readonly KeptReward[],
  ): Promise<ReplayEntry[]> {
    return [...zip(rollouts, rewards)].map(([{ tokenIds, input, trace }, { raw, parts, group }]) => ({
      tokenIds,
      input,
      hidden: trace.hidden,
      priorLogProbs: new Float32Array(tokenIds.length),
      rawReward: raw,
      parts,
      group,
    }));
  }

  /** One step of Adam; rewards are standardised by running statistics, so that fresh and replayed prompts have one goal. */
  protected override async learnAgain(entries: readonly ReplayEntry[]) {
    const { discount } = this.settings;
    const { batch, time, hidden, actions } = stackRollouts(entries.map((entry) => ({ ...entry, trace: entry })));
    const evaluation = await this.policy.head.evaluate(hidden, actions);
    const qValues = evaluation.logProbs.map((logProb, cell) => logProb + (evaluation.values[cell] ?? 0));
    const rewards = entries.map((entry) => this.memory.shape(entry));
    const { loss, qWeights } = sparseQLoss({ batch, time, qValues, rewards, discount });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ qWeights }));
    return { loss, ...outcome, 'policy/q-mean': qValues.reduce((sum, value) => sum + value / qValues.length, 0) };
  }
}

export const create: CreateTrainer<typeof sparseQLearning> = SparseQLearning.create;
