import { spansOf } from '../../../losses/check-shapes.js';
import { generalisedAdvantages } from '../../../losses/generalised-advantages.js';
import { ppoClipLoss } from '../../../losses/ppo-clip.js';
import { mean } from '../../../statistics/mean.js';
import { zip } from '../../../statistics/zip.js';
import type { CreateTrainer, SettingsOf } from '../../contract/trainer-definition.js';
import type { TrainerState, UpdateMetrics } from '../../contract/types.js';
import { Critic } from '../../policy/critic.js';
import {
  createOnPolicyTrainer,
  type OnPolicyMethod,
  type OnPolicyParts,
  type ScoredStep,
} from '../../policy/on-policy-trainer.js';
import { PhrasePpo } from './phrase-ppo.js';
import { ppo } from './settings.js';

const CRITIC_PASSES = 10;
/** Nats a token that the policy may be from the one that sampled before the inner epochs end. */
const MOST_KL = 0.1;

/**
 * Proximal policy optimisation (Schulman et al., arXiv 1707.06347) with generalised advantages from a small critic on the
 * frozen hidden states, and KL(π ‖ frozen LM) as a penalty. The inner epochs run on the stored hidden states: the frozen
 * body is never run again.
 */
export const create: CreateTrainer<typeof ppo> = (generator, settings) =>
  settings.actions
    ? PhrasePpo.create(generator, settings)
    : createOnPolicyTrainer(ppo, generator, settings, (parts) => new PpoMethod(parts, settings));

class PpoMethod implements OnPolicyMethod {
  private readonly critic: Critic;
  private step = 0;

  constructor(
    private readonly parts: OnPolicyParts,
    private readonly settings: SettingsOf<typeof ppo>,
  ) {
    this.critic = new Critic(parts.head.shape.hiddenSize, settings.seed);
  }

  async learn(scored: ScoredStep): Promise<UpdateMetrics> {
    this.step += 1;
    const { advantages, returns } = this.advantages(scored);
    const criticLoss = this.critic.fit(scored.hidden, returns, CRITIC_PASSES);
    const metrics = await this.improve(scored, standardised(advantages));
    return { ...metrics, 'critic/loss': criticLoss };
  }

  save(): TrainerState {
    const { json, arrays } = this.critic.save();
    return { json: { ...json, step: this.step }, arrays };
  }

  restore(state: TrainerState): void {
    this.critic.restore(state);
    this.step = state.json.step as number;
  }

  /** The reward of a prompt stands at its last token. */
  private advantages({ batch, time, hidden, actions, rewards }: ScoredStep) {
    const byToken = new Float64Array(actions.length);
    for (const [{ end }, shaped] of zip(spansOf(batch, time), rewards)) byToken[end - 1] = shaped;
    const values = this.critic.values(hidden);
    return generalisedAdvantages({ batch, time, rewards: byToken, values, discount: this.settings.discount });
  }

  /** The inner epochs; while the critic warms up the policy is only looked at. */
  private async improve(
    { batch, time, hidden, actions, mayStop }: ScoredStep,
    advantages: Float64Array,
  ): Promise<UpdateMetrics> {
    const { head, optimizer } = this.parts;
    const { innerEpochs, ppoClip, klWeight, criticWarmup } = this.settings;
    const cells = actions.length;
    const isWarmup = this.step <= criticWarmup;
    let hasMovedFar = false;
    const regulariser = klWeight > 0 ? 'kl' : 'none';
    let oldLogProbs: Float32Array | undefined;
    let metrics: UpdateMetrics | undefined;
    for (let epoch = 0; epoch < (isWarmup ? 1 : innerEpochs) && !hasMovedFar; epoch++) {
      const evaluation = await head.evaluate(hidden, actions, { regulariser, mayStop });
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
          : optimizer.apply(loss, await evaluation.gradients({ weights: surrogate.weights, regulariserWeights }));
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
