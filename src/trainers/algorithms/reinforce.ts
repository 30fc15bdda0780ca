import { policyGradientLoss } from '../../losses/policy-gradient.js';
import { Rng, type RngState } from '../../random/rng.js';
import { requireFiniteRewards } from '../contract/require-finite-rewards.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';
import type {
  ConditionedPolicy,
  ProposeOptions,
  Rollout,
  RolloutReward,
  Trainer,
  TrainerState,
  UpdateMetrics,
} from '../contract/types.js';
import { PolicyOptimizer } from '../policy/policy-optimizer.js';
import { type PolicyRollout, PromptPolicy } from '../policy/prompt-policy.js';
import { stackRollouts } from '../policy/stack-rollouts.js';

/**
 * REINFORCE (Williams 1992) with the mean of a step's other prompts as each prompt's baseline, a discount by token, and
 * an entropy bonus: loss = policyGradientLoss − w · mean_i Σ_t H(π(·|s_t)).
 */
export class Reinforce implements Trainer {
  readonly name = 'reinforce';
  private readonly optimizer: PolicyOptimizer;
  private rng: Rng;

  private constructor(
    private readonly policy: PromptPolicy,
    private readonly settings: TrainerSettings,
  ) {
    this.optimizer = new PolicyOptimizer(policy.head.parameters, policy.head.shape, settings);
    this.rng = Rng.create(settings.seed, 'sampling');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<Reinforce> {
    return new Reinforce(await PromptPolicy.create(generator, settings, { maskedInLoss: true }), settings);
  }

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  propose(count: number, { inputs }: ProposeOptions = {}): Promise<Rollout[]> {
    return this.policy.sample(count, this.rng, { inputs });
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    const { entropyWeight, discount } = this.settings;
    const { batch, time, hidden, actions } = stackRollouts(rollouts as readonly PolicyRollout[]);
    const regulariser = entropyWeight > 0 ? 'entropy' : 'none';
    const evaluation = await this.policy.head.evaluate(hidden, actions, { regulariser });
    const surrogate = policyGradientLoss({
      batch,
      time,
      logProbs: evaluation.logProbs,
      rewards: rewards.map(({ shaped }) => shaped),
      discount,
    });
    const entropy = evaluation.entropies.reduce((sum, value) => sum + value, 0) / (batch * time);
    const loss = surrogate.loss - entropyWeight * time * entropy;
    const gradients = await evaluation.gradients({
      weights: surrogate.weights,
      regulariserWeights: new Float64Array(batch * time).fill(-entropyWeight / batch),
    });
    return { loss, ...this.optimizer.apply(loss, gradients), entropy };
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  /** On-policy: a prompt from elsewhere is no sample of this policy. */
  async learnFrom(): Promise<boolean> {
    return false;
  }

  save(): TrainerState {
    const { json, arrays } = this.optimizer.save();
    return { json: { ...json, rng: this.rng.save() }, arrays };
  }

  restore(state: TrainerState): void {
    this.optimizer.restore(state);
    this.rng = Rng.restore(state.json.rng as RngState);
  }

  async dispose(): Promise<void> {
    await this.policy.dispose();
  }
}
