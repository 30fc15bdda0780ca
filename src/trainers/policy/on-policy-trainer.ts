import type { PolicyHead } from '../../policy/policy-head.js';
import { Rng, type RngState } from '../../random/rng.js';
import { promptKey } from '../contract/prompt-key.js';
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
import { drawFresh, inputsOf } from './draw-fresh.js';
import { PolicyOptimizer } from './policy-optimizer.js';
import { type PolicyRollout, PromptPolicy } from './prompt-policy.js';
import { type StackedRollouts, stackRollouts } from './stack-rollouts.js';

/** The scored prompts of a step. */
export interface ScoredStep extends StackedRollouts {
  /** Shaped, [batch]. */
  readonly rewards: readonly number[];
}

/** How an on-policy method learns; all else is the same for each of them. */
export interface OnPolicyMethod {
  learn(step: ScoredStep): Promise<UpdateMetrics>;
  /** What it learned beside the policy. */
  save?(): TrainerState;
  restore?(state: TrainerState): void;
}

export interface OnPolicyParts {
  readonly policy: PromptPolicy;
  readonly head: PolicyHead;
  readonly optimizer: PolicyOptimizer;
}

export interface OnPolicyOptions {
  readonly name: string;
  /** Takes forbidden tokens out of the policy altogether, not only when sampling. @default true */
  readonly maskedInLoss?: boolean;
  /** How often a prompt that was proposed before is drawn again. @default 0 */
  readonly resampling?: number;
}

/** A trainer that samples prompts from its policy and learns from each step's once, by the method given. */
export async function createOnPolicyTrainer(
  { name, maskedInLoss = true, resampling = 0 }: OnPolicyOptions,
  generator: Generator,
  settings: TrainerSettings,
  createMethod: (parts: OnPolicyParts) => OnPolicyMethod | Promise<OnPolicyMethod>,
): Promise<Trainer> {
  const policy = await PromptPolicy.create(generator, settings, { maskedInLoss });
  const { head } = policy;
  const optimizer = new PolicyOptimizer(head.parameters, head.shape, settings);
  const method = await createMethod({ policy, head, optimizer });
  return new OnPolicyTrainer(name, { policy, head, optimizer }, method, { ...settings, resampling });
}

class OnPolicyTrainer implements Trainer {
  private readonly policy: PromptPolicy;
  private readonly optimizer: PolicyOptimizer;
  /** Keys of the prompts proposed so far, where none is to be proposed twice. */
  private known = new Set<string>();
  /** Share of different prompts among a step's first samples, where known ones are drawn again. */
  private distinct: number | undefined;
  private rng: Rng;

  constructor(
    readonly name: string,
    { policy, optimizer }: OnPolicyParts,
    private readonly method: OnPolicyMethod,
    private readonly settings: { readonly seed: number; readonly resampling: number },
  ) {
    this.policy = policy;
    this.optimizer = optimizer;
    this.rng = Rng.create(settings.seed, 'sampling');
  }

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  async propose(count: number, options: ProposeOptions = {}): Promise<Rollout[]> {
    const { resampling } = this.settings;
    const sample = (rows: readonly number[]): Promise<PolicyRollout[]> =>
      this.policy.sample(rows.length, this.rng, { inputs: inputsOf(rows, options) });
    if (resampling === 0) return sample([...Array(count).keys()]);
    const keyOf = ({ tokenIds, input }: Rollout): string => promptKey(tokenIds, input);
    const drawn = await drawFresh(count, resampling, sample, (rollout) => this.known.has(keyOf(rollout)));
    const { rollouts, distinct } = drawn;
    this.distinct = distinct;
    for (const rollout of rollouts) this.known.add(keyOf(rollout));
    return rollouts;
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    const stacked = stackRollouts(rollouts as readonly PolicyRollout[], this.policy.ends);
    const metrics = await this.method.learn({ ...stacked, rewards: rewards.map(({ shaped }) => shaped) });
    return this.distinct === undefined ? metrics : { ...metrics, 'policy/distinct': this.distinct };
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  /** A prompt from elsewhere is no sample of this policy. */
  async learnFrom(): Promise<boolean> {
    return false;
  }

  save(): TrainerState {
    const [learned, own] = [this.optimizer.save(), this.method.save?.()];
    return {
      json: {
        ...learned.json,
        ...own?.json,
        rng: this.rng.save(),
        ...(this.settings.resampling > 0 ? { known: [...this.known] } : {}),
      },
      arrays: { ...learned.arrays, ...own?.arrays },
    };
  }

  restore(state: TrainerState): void {
    this.optimizer.restore(state);
    this.method.restore?.(state);
    this.rng = Rng.restore(state.json.rng as RngState);
    this.known = new Set((state.json.known ?? []) as string[]);
  }

  async dispose(): Promise<void> {
    await this.policy.dispose();
  }
}
