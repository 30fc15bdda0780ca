import { type SoftQKind, softQLoss } from '../../losses/soft-q.js';
import { copyParameters, type MlpParameters } from '../../policy/mlp-parameters.js';
import { polyakUpdate } from '../../policy/polyak.js';
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
import { fill, named, PolicyOptimizer } from '../policy/policy-optimizer.js';
import { type PolicyRollout, PromptPolicy } from '../policy/prompt-policy.js';
import { stackRollouts } from '../policy/stack-rollouts.js';

const SOFT_Q_KINDS: readonly SoftQKind[] = ['both', 'single-step', 'multi-step'];

/**
 * On-policy soft Q-learning as RLPrompt does it (arXiv 2205.12548, section 2.3; Guo et al., arXiv 2106.07704, equations 8 and 10):
 * sample prompts, score them, one gradient step of the path-consistency loss against a Polyak copy of the MLP.
 */
export class SoftQLearning implements Trainer {
  readonly name = 'soft-q-learning';
  private readonly targetNetwork: MlpParameters;
  private readonly optimizer: PolicyOptimizer;
  private rng: Rng;

  private constructor(
    private readonly policy: PromptPolicy,
    private readonly settings: TrainerSettings,
    private readonly kind: SoftQKind,
  ) {
    this.targetNetwork = copyParameters(policy.head.parameters);
    this.optimizer = new PolicyOptimizer(policy.head.parameters, policy.head.shape, settings);
    this.rng = Rng.create(settings.seed, 'sampling');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<SoftQLearning> {
    const kind = SOFT_Q_KINDS.find((name) => name === settings.loss) ?? 'both';
    return new SoftQLearning(await PromptPolicy.create(generator, settings, { maskedInLoss: false }), settings, kind);
  }

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  propose(count: number, { inputs }: ProposeOptions = {}): Promise<Rollout[]> {
    return this.policy.sample(count, this.rng, { inputs });
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    const { head } = this.policy;
    polyakUpdate(this.targetNetwork, head.parameters, this.settings.polyak);
    const { batch, time, hidden, actions } = stackRollouts(rollouts as readonly PolicyRollout[]);
    const evaluation = await head.evaluate(hidden, actions);
    const { values } = await head.logProbs(hidden, actions, { parameters: this.targetNetwork });
    const { loss, weights } = softQLoss({
      batch,
      time,
      logProbs: evaluation.logProbs,
      targetValues: values,
      rewards: rewards.map((reward) => reward.shaped),
      kind: this.kind,
    });
    const outcome = this.optimizer.apply(loss, await evaluation.gradients({ weights }));
    return { loss, ...outcome, entropy: mean(evaluation.entropies), 'policy/value-mean': mean(evaluation.values) };
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
    return {
      json: { ...json, rng: this.rng.save() },
      arrays: { ...arrays, ...named('targetNetwork', this.targetNetwork) },
    };
  }

  restore(state: TrainerState): void {
    this.optimizer.restore(state);
    fill('targetNetwork', this.targetNetwork, state.arrays);
    this.rng = Rng.restore(state.json.rng as RngState);
  }

  async dispose(): Promise<void> {
    await this.policy.dispose();
  }
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}
