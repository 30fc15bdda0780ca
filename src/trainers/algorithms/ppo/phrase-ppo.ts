import { RlpromptError } from '../../../errors.js';
import { ppoClipLoss } from '../../../losses/ppo-clip.js';
import { zeroParameters } from '../../../policy/parameters/mlp-parameters.js';
import { Rng, type RngState } from '../../../random/rng.js';
import { pick } from '../../../statistics/pick.js';
import { zip } from '../../../statistics/zip.js';
import type { Generator } from '../../contract/settings.js';
import type { SettingsOf } from '../../contract/trainer-definition.js';
import type { Rollout, RolloutReward, Trainer, TrainerState, UpdateMetrics } from '../../contract/types.js';
import {
  drawPhrase,
  likeliestPhrase,
  logSoftmax,
  standardisedScores,
  wordNormalisedScores,
} from '../../policy/phrase-scores.js';
import { PolicyOptimizer } from '../../policy/policy-optimizer.js';
import { PromptPolicy } from '../../policy/prompt-policy.js';
import type { ppo } from './settings.js';

type PpoSettings = SettingsOf<typeof ppo>;

/** A free score moves by the step size an update, where the MLP's output moves by that of thousands of parameters. */
const RATE_FACTOR = 500;
/** e to the power of this is zero. */
const FORBIDDEN = -1e9;

interface Phrase {
  readonly tokenIds: readonly number[];
  readonly text: string;
}

/**
 * PPO over a fixed list of phrases (TWOSOME, arXiv 2401.14151): π = softmax((s_phrase + θ_phrase) / temperature), s the LM's
 * log p(phrase) / words, standardised over the list, θ learned with the clipped loss and a penalty on KL(π ‖ π at θ = 0).
 * There is one state, so the mean reward of the step is the critic. While there are phrases not tried yet, only those are drawn.
 */
export class PhrasePpo implements Trainer {
  readonly name = 'ppo';
  /** θ stands in w1, [phrases, 1]; the other arrays have no gradient and stay zero. */
  private readonly learned;
  private readonly optimizer: PolicyOptimizer;
  private tried = new Set<number>();
  private rng: Rng;

  private constructor(
    private readonly phrases: readonly Phrase[],
    private readonly lmScores: Float64Array,
    private readonly settings: PpoSettings,
  ) {
    const shape = { hiddenSize: phrases.length, innerSize: 1 };
    this.learned = zeroParameters(shape);
    const { learningRate, clipNorm } = settings;
    this.optimizer = new PolicyOptimizer(this.learned, shape, { learningRate: RATE_FACTOR * learningRate, clipNorm });
    this.rng = Rng.create(settings.seed, 'sampling');
  }

  /** @throws RlpromptError E_ACTIONS_EMPTY for a phrase of which the tokenizer makes nothing */
  static async create(generator: Generator, settings: PpoSettings): Promise<PhrasePpo> {
    const phrases = (settings.actions ?? []).map((text) => ({
      text,
      tokenIds: generator.tokenizer.encode(` ${text}`),
    }));
    const empty = phrases.find(({ tokenIds }) => tokenIds.length === 0);
    if (empty) {
      throw new RlpromptError({
        code: 'E_ACTIONS_EMPTY',
        exit: 'config',
        message: `the tokenizer of ${generator.name} makes no token of the phrase ${JSON.stringify(empty.text)}`,
        where: '--actions',
        next: 'remove the phrase from the list',
      });
    }
    const lm = await PromptPolicy.create(generator, settings, { maskedInLoss: false, frozen: true });
    const scores = standardisedScores(await wordNormalisedScores(lm, phrases));
    await lm.dispose();
    return new PhrasePpo(phrases, scores, settings);
  }

  async propose(count: number): Promise<Rollout[]> {
    const logProbs = this.logProbs(this.learned.w1);
    const untried = new Set([...this.phrases.keys()].filter((index) => !this.tried.has(index)));
    return Array.from({ length: count }, () => {
      const isFree = (index: number): boolean => untried.size === 0 || untried.has(index);
      const index = drawPhrase(logSoftmax(logProbs.map((p, i) => (isFree(i) ? p : FORBIDDEN))), this.rng);
      untried.delete(index);
      return this.rollout(index);
    });
  }

  async update(rollouts: readonly Rollout[], rewards: readonly RolloutReward[]): Promise<UpdateMetrics> {
    const actions = rollouts.map(({ trace }) => trace as number);
    for (const action of actions) this.tried.add(action);
    const mean = rewards.reduce((sum, { shaped }) => sum + shaped / rewards.length, 0);
    const deviation = Math.sqrt(rewards.reduce((sum, { shaped }) => sum + (shaped - mean) ** 2 / rewards.length, 0));
    const advantages = rewards.map(({ shaped }) => (shaped - mean) / (deviation + 1e-8));
    const before = this.logProbs(this.learned.w1);
    const oldLogProbs = pick(before, actions);
    let metrics = this.learn(actions, advantages, oldLogProbs);
    for (let epoch = 1; epoch < this.settings.innerEpochs; epoch++) {
      metrics = this.learn(actions, advantages, oldLogProbs);
    }
    return metrics;
  }

  async best(): Promise<Rollout> {
    return this.rollout(likeliestPhrase(this.logProbs(this.learned.w1)));
  }

  /** On-policy, and bound to its list. */
  async learnFrom(): Promise<boolean> {
    return false;
  }

  save(): TrainerState {
    const { json, arrays } = this.optimizer.save();
    return { json: { ...json, rng: this.rng.save(), tried: [...this.tried] }, arrays };
  }

  restore(state: TrainerState): void {
    this.optimizer.restore(state);
    this.rng = Rng.restore(state.json.rng as RngState);
    this.tried = new Set(state.json.tried as number[]);
  }

  async dispose(): Promise<void> {}

  private rollout(index: number): Rollout {
    return { ...this.phrases[index]!, trace: index };
  }

  private logProbs(learned: Float32Array): Float64Array {
    const sums = zip(this.lmScores, learned);
    return logSoftmax(Float64Array.from(sums, ([score, own]) => (score + own) / this.settings.temperature));
  }

  /** d log π_a / d logit_j = 1[j = a] − π_j, and d KL / d logit_j = π_j (log(π_j / π⁰_j) − KL). */
  private learn(actions: readonly number[], advantages: readonly number[], oldLogProbs: readonly number[]) {
    const { ppoClip, klWeight, temperature } = this.settings;
    const logProbs = this.logProbs(this.learned.w1);
    const prior = this.logProbs(new Float32Array(this.phrases.length));
    const surrogate = ppoClipLoss({
      batch: actions.length,
      time: 1,
      logProbs: pick(logProbs, actions),
      oldLogProbs,
      advantages,
      clip: ppoClip,
    });
    const changes = Float64Array.from(zip(logProbs, prior), ([logProb, before]) => logProb - before);
    const kl = Array.from(zip(logProbs, changes)).reduce(
      (sum, [logProb, change]) => sum + Math.exp(logProb) * change,
      0,
    );
    const total = surrogate.weights.reduce((sum, weight) => sum + weight, 0);
    const gradients = zeroParameters({ hiddenSize: this.phrases.length, innerSize: 1 });
    const descents = Array.from(zip(logProbs, changes), ([logProb, change]) => {
      return (Math.exp(logProb) * (klWeight * (change - kl) - total)) / temperature;
    });
    gradients.w1.set(descents);
    for (const [action, weight] of zip(actions, surrogate.weights)) gradients.w1[action]! += weight / temperature;
    const loss = surrogate.loss + klWeight * kl;
    return {
      loss,
      ...this.optimizer.apply(loss, gradients),
      entropy: Math.max(0, -logProbs.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0)),
      'ppo/clip-fraction': surrogate.clipFraction,
      'ppo/approximate-kl': surrogate.approximateKl,
      'policy/lm-kl': kl,
    };
  }
}
