import { spansOf } from '../../../losses/check-shapes.js';
import { generalisedAdvantages } from '../../../losses/generalised-advantages.js';
import { ppoClipLoss } from '../../../losses/ppo-clip.js';
import { joinRows } from '../../../statistics/join-rows.js';
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
import type { StackedRollouts } from '../../policy/stack-rollouts.js';
import { readChosenTexts } from './chosen-texts.js';
import { PhrasePpo } from './phrase-ppo.js';
import { ppo } from './settings.js';

const CRITIC_PASSES = 10;
/** Nats a token that the policy may be from the one that sampled before the inner epochs end. */
const MOST_KL = 0.1;

/**
 * Proximal policy optimisation (Schulman et al., arXiv 1707.06347) with generalised advantages from a small critic on the
 * frozen hidden states, and KL(π ‖ frozen LM) as a penalty: in the loss, or as a reward of each token (Ouyang et al.,
 * arXiv 2203.02155, equation 2). The inner epochs run on the stored hidden states: the frozen body is never run again.
 */
export const create: CreateTrainer<typeof ppo> = (generator, settings) =>
  settings.actions
    ? PhrasePpo.create(generator, settings)
    : createOnPolicyTrainer(ppo, generator, settings, async (parts) => {
        const { ptx, promptLength } = settings;
        const chosen = ptx && (await readChosenTexts(parts.policy, generator.tokenizer, { ptx, promptLength }));
        return new PpoMethod(parts, settings, chosen);
      });

class PpoMethod implements OnPolicyMethod {
  private readonly critic: Critic;
  private step = 0;

  constructor(
    private readonly parts: OnPolicyParts,
    private readonly settings: SettingsOf<typeof ppo>,
    /** Texts to keep. */
    private readonly chosen: StackedRollouts | undefined,
  ) {
    this.critic = new Critic(parts.head.shape.hiddenSize, settings.seed);
  }

  async learn(scored: ScoredStep): Promise<UpdateMetrics> {
    this.step += 1;
    const { hidden, rewards } = scored;
    const penalties = this.settings.klIn === 'reward' ? await this.tokenPenalties(scored) : undefined;
    const { advantages, returns } = this.advantages(scored, penalties);
    const criticLoss = this.critic.fit(hidden, returns, CRITIC_PASSES);
    // At the optimum of the penalised reward all advantages are zero: their own spread would make noise of them.
    const spread = penalties ? deviationOf(rewards) || 1 : deviationOf(advantages);
    const metrics = await this.improve(scored, standardised(advantages, spread));
    const kl = penalties && { 'policy/lm-kl': mean(penalties) };
    return { ...metrics, ...kl, 'critic/loss': criticLoss };
  }

  save(): TrainerState {
    const { json, arrays } = this.critic.save();
    return { json: { ...json, step: this.step }, arrays };
  }

  restore(state: TrainerState): void {
    this.critic.restore(state);
    this.step = state.json.step as number;
  }

  /** log π − log p_LM of each token drawn, [batch, time]. */
  private async tokenPenalties({ hidden, actions, mayStop }: ScoredStep): Promise<Float32Array> {
    const { head } = this.parts;
    const { logProbs } = await head.logProbs(hidden, actions, { mayStop });
    const lm = await head.lmLogProbs(hidden, actions, { mayStop });
    return logProbs.map((logProb, cell) => logProb - lm.logProbs[cell]!);
  }

  /** The reward of a prompt stands at its last token, the penalty of a token at the token. */
  private advantages({ batch, time, hidden, actions, rewards }: ScoredStep, penalties: Float32Array | undefined) {
    const { klWeight, discount } = this.settings;
    const byToken = Float64Array.from(actions, (_, cell) => -klWeight * (penalties?.[cell] ?? 0));
    for (const [{ end }, shaped] of zip(spansOf(batch, time), rewards)) byToken[end - 1]! += shaped;
    const values = this.critic.values(hidden);
    return generalisedAdvantages({ batch, time, rewards: byToken, values, discount });
  }

  /** The inner epochs; while the critic warms up the policy is only looked at. */
  private async improve(
    { batch, time, hidden, actions, mayStop }: ScoredStep,
    advantages: Float64Array,
  ): Promise<UpdateMetrics> {
    const { head, optimizer } = this.parts;
    const { innerEpochs, ppoClip, klWeight, klIn, ptxWeight, criticWarmup } = this.settings;
    const cells = actions.length;
    const { chosen } = this;
    const states = chosen ? joinRows([hidden, chosen.hidden]) : hidden;
    const tokens = chosen ? [...actions, ...chosen.actions] : actions;
    const ends = mayStop && chosen?.mayStop ? [...mayStop, ...chosen.mayStop] : mayStop;
    const ptxCells = tokens.length - cells;
    const isWarmup = this.step <= criticWarmup;
    let hasMovedFar = false;
    const regulariser = klWeight > 0 && klIn === 'loss' ? 'kl' : 'none';
    let oldLogProbs: Float32Array | undefined;
    let metrics: UpdateMetrics | undefined;
    for (let epoch = 0; epoch < (isWarmup ? 1 : innerEpochs) && !hasMovedFar; epoch++) {
      const evaluation = await head.evaluate(states, tokens, { regulariser, mayStop: ends });
      const logProbs = evaluation.logProbs.subarray(0, cells);
      const kls = evaluation.kls?.subarray(0, cells);
      oldLogProbs ??= logProbs;
      const surrogate = ppoClipLoss({ batch, time, logProbs, oldLogProbs, advantages, clip: ppoClip });
      hasMovedFar = surrogate.approximateKl > MOST_KL;
      const kl = kls ? mean(kls) : 0;
      const ptx = ptxCells > 0 ? mean(evaluation.logProbs.subarray(cells)) : 0;
      const loss = surrogate.loss + klWeight * kl - ptxWeight * ptx;
      const weights = new Float64Array(tokens.length).fill(-ptxWeight / ptxCells, cells);
      weights.set(surrogate.weights);
      const regulariserWeights = new Float64Array(tokens.length).fill(klWeight / cells, 0, cells);
      const outcome =
        isWarmup || hasMovedFar
          ? { gradNorm: 0, skipped: false }
          : optimizer.apply(loss, await evaluation.gradients({ weights, regulariserWeights }));
      metrics = {
        loss,
        ...outcome,
        entropy: mean(evaluation.entropies.subarray(0, cells)),
        'ppo/clip-fraction': surrogate.clipFraction,
        'ppo/approximate-kl': surrogate.approximateKl,
        ...(kls ? { 'policy/lm-kl': kl } : {}),
        ...(ptxCells > 0 ? { 'ppo/ptx-log-prob': ptx } : {}),
      };
    }
    return metrics!;
  }
}

/** To mean 0 and spread 1, so that the learning rate means the same for every task. */
function standardised(values: Float64Array, spread: number): Float64Array {
  const centre = mean(values);
  return values.map((value) => (value - centre) / (spread + 1e-8));
}

function deviationOf(values: ArrayLike<number>): number {
  const all = Float64Array.from(values);
  const centre = mean(all);
  return Math.sqrt(mean(all.map((value) => (value - centre) ** 2)));
}
