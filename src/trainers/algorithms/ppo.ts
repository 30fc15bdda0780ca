import { generalisedAdvantages } from '../../losses/generalised-advantages.js';
import { ppoClipLoss } from '../../losses/ppo-clip.js';
import { Rng, type RngState } from '../../random/rng.js';
import { mean } from '../../statistics/mean.js';
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
import { Critic } from '../policy/critic.js';
import { PolicyOptimizer } from '../policy/policy-optimizer.js';
import { type PolicyRollout, PromptPolicy } from '../policy/prompt-policy.js';
import { type StackedRollouts, stackRollouts } from '../policy/stack-rollouts.js';

const CRITIC_PASSES = 10;
/** Nats a token that the policy may be from the one that sampled before the inner epochs end. */
const MOST_KL = 0.1;

/**
 * Proximal policy optimisation (Schulman et al., arXiv 1707.06347) with generalised advantages from a small critic on the
 * frozen hidden states, and KL(π ‖ frozen LM) as a penalty. The inner epochs run on the stored hidden states: the frozen
 * body is never run again.
 */
export class Ppo implements Trainer {
  readonly name = 'ppo';
  private readonly optimizer: PolicyOptimizer;
  private readonly critic: Critic;
  private rng: Rng;
  private step = 0;

  private constructor(
    private readonly policy: PromptPolicy,
    private readonly settings: TrainerSettings,
  ) {
    const { shape, parameters } = policy.head;
    this.optimizer = new PolicyOptimizer(parameters, shape, settings);
    this.critic = new Critic(shape.hiddenSize, settings.seed);
    this.rng = Rng.create(settings.seed, 'sampling');
  }

  static async create(generator: Generator, settings: TrainerSettings): Promise<Ppo> {
    return new Ppo(await PromptPolicy.create(generator, settings, { maskedInLoss: true }), settings);
  }

  get conditioned(): ConditionedPolicy | undefined {
    return this.policy.conditioned;
  }

  propose(count: number, { inputs }: ProposeOptions = {}): Promise<Rollout[]> {
    return this.policy.sample(count, this.rng, { inputs });
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    requireFiniteRewards(rewards);
    this.step += 1;
    const stacked = stackRollouts(rollouts as readonly PolicyRollout[]);
    const { advantages, returns } = this.advantages(stacked, rewards);
    const criticLoss = this.critic.fit(stacked.hidden, returns, CRITIC_PASSES);
    const metrics = await this.learn(stacked, standardised(advantages));
    return { ...metrics, 'critic/loss': criticLoss };
  }

  best(): Promise<Rollout> {
    return this.policy.greedy();
  }

  /** On-policy: a prompt from elsewhere is no sample of this policy. */
  async learnFrom(): Promise<boolean> {
    return false;
  }

  save(): TrainerState {
    const optimizer = this.optimizer.save();
    const critic = this.critic.save();
    return {
      json: { ...optimizer.json, ...critic.json, rng: this.rng.save(), step: this.step },
      arrays: { ...optimizer.arrays, ...critic.arrays },
    };
  }

  restore(state: TrainerState): void {
    this.optimizer.restore(state);
    this.critic.restore(state);
    this.rng = Rng.restore(state.json.rng as RngState);
    this.step = state.json.step as number;
  }

  async dispose(): Promise<void> {
    await this.policy.dispose();
  }

  /** The reward of a prompt stands at its last token. */
  private advantages({ batch, time, hidden }: StackedRollouts, rewards: readonly RolloutReward[]) {
    const byToken = new Float64Array(batch * time);
    rewards.forEach(({ shaped }, row) => {
      byToken[(row + 1) * time - 1] = shaped;
    });
    const values = this.critic.values(hidden);
    return generalisedAdvantages({ batch, time, rewards: byToken, values, discount: this.settings.discount });
  }

  /** The inner epochs; while the critic warms up the policy is only looked at. */
  private async learn(
    { batch, time, hidden, actions }: StackedRollouts,
    advantages: Float64Array,
  ): Promise<UpdateMetrics> {
    const { innerEpochs, ppoClip, klWeight, criticWarmup } = this.settings;
    const cells = batch * time;
    const isWarmup = this.step <= criticWarmup;
    let hasMovedFar = false;
    const regulariser = klWeight > 0 ? 'kl' : 'none';
    let oldLogProbs: Float32Array | undefined;
    let metrics: UpdateMetrics | undefined;
    for (let epoch = 0; epoch < (isWarmup ? 1 : innerEpochs) && !hasMovedFar; epoch++) {
      const evaluation = await this.policy.head.evaluate(hidden, actions, { regulariser });
      const { logProbs, entropies, kls } = evaluation;
      oldLogProbs ??= logProbs;
      const surrogate = ppoClipLoss({ batch, time, logProbs, oldLogProbs, advantages, clip: ppoClip });
      hasMovedFar = surrogate.approximateKl > MOST_KL;
      const kl = kls ? mean(kls) : 0;
      const loss = surrogate.loss + klWeight * kl;
      const regulariserWeights = new Float64Array(cells).fill(klWeight / cells);
      const outcome =
        isWarmup || hasMovedFar
          ? { gradNorm: 0, skipped: false }
          : this.optimizer.apply(loss, await evaluation.gradients({ weights: surrogate.weights, regulariserWeights }));
      metrics = {
        loss,
        ...outcome,
        entropy: mean(entropies),
        'ppo/clip-fraction': surrogate.clipFraction,
        'ppo/approximate-kl': surrogate.approximateKl,
        ...(kls ? { 'policy/lm-kl': kl } : {}),
      };
    }
    return metrics!;
  }
}

/** To mean 0 and standard deviation 1, so that the learning rate means the same for every task. */
function standardised(values: Float64Array): Float64Array {
  const centre = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return values.map((value) => (value - centre) / (deviation + 1e-8));
}
