import { giveWay } from '../give-way.js';
import { generalisedAdvantages } from '../losses/generalised-advantages.js';
import { ppoClipLoss } from '../losses/ppo-clip.js';
import type { Rng } from '../random/rng.js';
import { distinct } from '../statistics/distinct.js';
import { joinRows } from '../statistics/join-rows.js';
import { mean } from '../statistics/mean.js';
import { zip } from '../statistics/zip.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { Critic } from '../trainers/policy/critic.js';
import { standardisedScores } from '../trainers/policy/phrase-scores.js';
import { drawingChooser, type LogProbs } from './actors.js';
import { type Episode, playInTurn, type Step, type World } from './episodes.js';
import type { ActLearner, LearnerMetrics } from './learner.js';
import type { PhrasePolicy } from './policy/phrase-policy.js';
import { policyStep } from './policy-step.js';

export interface PpoSettings {
  readonly seed: number;
  /** Episodes that an update learns from. */
  readonly episodes: number;
  readonly learningRate: number;
  /** Of the whole run. */
  readonly updates: number;
}

/** Weight of the policy's entropy at the start; with a small one, a run can learn to give up at once. */
const ENTROPY_WEIGHT = 0.08;
const EPOCHS = 8;
const CRITIC_PASSES = 10;
/** Nats a choice that the policy may be from the one that acted before the epochs end. */
const MOST_KL = 0.05;

/** PPO over phrases: one update for the episodes of a step, with advantages from a critic on the last state. */
export class PpoLearner implements ActLearner {
  readonly logProbs: LogProbs = (choice) => this.policy.logProbs(choice);
  private readonly critic: Critic;

  constructor(
    private readonly policy: PhrasePolicy,
    private readonly tasks: readonly string[],
    private readonly settings: PpoSettings,
  ) {
    this.critic = new Critic(policy.stateSize, settings.seed);
  }

  play(world: World, update: number, rng: Rng): Promise<Episode[]> {
    const choose = drawingChooser(this.logProbs, rng);
    return playInTurn(world, this.tasks, this.policy, choose, { update, episodes: this.settings.episodes });
  }

  async learn(episodes: readonly Episode[], update: number): Promise<LearnerMetrics> {
    const steps = episodes.flatMap((episode) => episode.steps);
    const { items, places } = distinct(steps.map(({ choice }) => choice.state));
    const states = joinRows(items);
    const values = this.critic.values(states);
    const { advantages, returns } = generalisedAdvantages({
      batch: episodes.length,
      time: episodes.map((episode) => episode.steps.length),
      rewards: steps.map(({ reward }) => reward),
      values: places.map((place) => values[place] ?? 0),
    });
    const criticLoss = this.fitCritic(states, places, returns);
    const entropyWeight = ENTROPY_WEIGHT * (1 - update / this.settings.updates);
    return { entropy: await this.improve(steps, standardisedScores(advantages), entropyWeight), criticLoss };
  }

  save(): TrainerState {
    const [critic, policy] = [this.critic.save(), this.policy.trained.save()];
    return { json: { critic: critic.json, policy: policy.json }, arrays: { ...critic.arrays, ...policy.arrays } };
  }

  async restore({ json, arrays }: TrainerState): Promise<void> {
    this.critic.restore({ json: json.critic as TrainerState['json'], arrays });
    this.policy.trained.restore({ json: json.policy as TrainerState['json'], arrays });
  }

  /** @returns the mean squared error before the last pass */
  private fitCritic(states: Float32Array, places: readonly number[], returns: Float64Array): number {
    let loss = 0;
    for (let pass = 0; pass < CRITIC_PASSES; pass++) {
      this.critic.descend(states, (values) => {
        const slopes = new Float64Array(values.length);
        const errors = places.map((place, step) => (values[place] ?? 0) - (returns[step] ?? 0));
        for (const [place, error] of zip(places, errors))
          slopes[place] = (slopes[place] ?? 0) + (2 * error) / errors.length;
        loss = mean(errors.map((error) => error ** 2));
        return slopes;
      });
    }
    return loss;
  }

  /** @returns the entropy of the policy before its last step */
  private async improve(steps: readonly Step[], advantages: Float64Array, entropyWeight: number): Promise<number> {
    const step = policyStep(this.policy, steps, { ...this.settings, entropyWeight });
    let oldLogProbs: number[] | undefined;
    let isFar = false;
    let entropy = 0;
    for (let epoch = 0; epoch < EPOCHS && !isFar; epoch++) {
      entropy = step((logProbs) => {
        oldLogProbs ??= logProbs;
        const surrogate = ppoClipLoss({ batch: 1, time: steps.length, logProbs, oldLogProbs, advantages });
        isFar = surrogate.approximateKl > MOST_KL;
        return surrogate.weights;
      });
      await giveWay();
    }
    return entropy;
  }
}
