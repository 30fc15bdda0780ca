import { sparseQLoss } from '../losses/sparse-q.js';
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
 * Sparse (Tsallis) Q-learning as PIN does it (arXiv 2407.14733): tokens are drawn by the sparsemax of Q, and Q of every
 * chosen token is regressed on its prompt's reward (`src/losses/sparse-q.ts`). The goal of a prompt does not depend on who
 * proposed it, so scored prompts are learned from again.
 */
export class SparseQLearning implements Trainer {
  readonly name = 'sparse-q-learning';
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

  static async create(generator: Generator, settings: TrainerSettings): Promise<SparseQLearning> {
    // Q is regressed on rewards: log-probabilities of the LM in it would be taken for reward.
    const policy = await PromptPolicy.create(generator, { ...settings, priorBeta: 0 }, { maskedInLoss: true });
    return new SparseQLearning(policy, settings);
  }

  propose(count: number): Promise<Rollout[]> {
    return drawFresh(
      count,
      this.settings.redraws,
      (missing) => this.policy.sample(missing, this.samplingRng, { distribution: 'sparsemax' }),
      (tokenIds) => this.replay.has(tokenIds),
    );
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    const sampled = rollouts as readonly PolicyRollout[];
    this.scale.observe(rewards.map(({ raw }) => raw));
    const entries = sampled.map((rollout, i) => toEntry(rollout, rewards[i]!.raw));
    for (const entry of entries) this.replay.add(entry);
    const metrics = await this.learn(entries);
    for (let i = 0; i < this.settings.replayUpdates; i++) {
      await this.learn(this.replay.sample(entries.length, ELITE, this.replayRng));
    }
    const logProbs = sampled.flatMap(({ trace }) => [...trace.samplingLogProbs]);
    // −mean log p of a sample estimates the entropy of the sparsemax policy it was drawn from.
    return { ...metrics, entropy: Math.max(0, -logProbs.reduce((sum, value) => sum + value / logProbs.length, 0)) };
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  async learnFrom(tokenIds: readonly number[], rawReward: number): Promise<boolean> {
    if (tokenIds.length !== this.settings.promptLength || this.settings.replayUpdates === 0) return false;
    this.replay.add(toEntry(await this.policy.follow(tokenIds), rawReward));
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

  /** One step of Adam; rewards are standardised by running statistics, so that fresh and replayed prompts have one goal. */
  private async learn(entries: readonly ReplayEntry[]) {
    const { rewardFrom, rewardTo, discount } = this.settings;
    const width = (rewardTo[1] - rewardTo[0]) / (rewardFrom[1] - rewardFrom[0]);
    const { batch, time, hidden, actions } = stackRollouts(entries.map((entry) => ({ ...entry, trace: entry })));
    const evaluation = await this.policy.head.evaluate(hidden, actions);
    const qValues = evaluation.logProbs.map((logProb, cell) => logProb + evaluation.values[cell]!);
    const rewards = entries.map(({ rawReward }) => width * this.scale.standardise(rawReward));
    const { loss, qWeights } = sparseQLoss({ batch, time, qValues, rewards, discount });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ qWeights }));
    return { loss, ...outcome, 'policy/q-mean': qValues.reduce((sum, value) => sum + value / qValues.length, 0) };
  }
}

function toEntry({ tokenIds, trace: { hidden } }: PolicyRollout, rawReward: number): ReplayEntry {
  return { tokenIds, hidden, priorLogProbs: new Float32Array(tokenIds.length), rawReward };
}
