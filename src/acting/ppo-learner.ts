import { generalisedAdvantages } from '../losses/generalised-advantages.js';
import { ppoClipLoss } from '../losses/ppo-clip.js';
import { joinRows } from '../statistics/join-rows.js';
import { mean } from '../statistics/mean.js';
import { zip } from '../statistics/zip.js';
import type { TrainerState } from '../trainers/contract/types.js';
import { Critic } from '../trainers/policy/critic.js';
import { standardisedScores } from '../trainers/policy/phrase-scores.js';
import type { Episode, Step } from './episodes.js';
import type { PhrasePolicy } from './phrase-policy.js';

export interface LearnerSettings {
  readonly seed: number;
  /** Multiplies the learning rate of the policy. */
  readonly rate: number;
  /** Weight of the policy's entropy. */
  readonly entropyWeight: number;
}

const EPOCHS = 8;
const CRITIC_PASSES = 10;
/** Nats a choice that the policy may be from the one that acted before the epochs end. */
const MOST_KL = 0.05;

/** PPO over phrases: one update for the episodes of a step, with advantages from a critic on the last state. */
export class PpoLearner {
  private readonly critic: Critic;

  constructor(
    private readonly policy: PhrasePolicy,
    private readonly settings: LearnerSettings,
  ) {
    this.critic = new Critic(policy.hiddenSize, settings.seed);
  }

  learn(episodes: readonly Episode[]): { loss: number; entropy: number; criticLoss: number } {
    const steps = episodes.flatMap((episode) => episode.steps);
    const states = joinRows(steps.map(({ choice }) => choice.state));
    const { advantages, returns } = this.advantages(episodes, this.critic.values(states));
    const criticLoss = this.critic.fit(states, returns, CRITIC_PASSES);
    return { ...this.improve(steps, standardisedScores(Float64Array.from(advantages))), criticLoss };
  }

  save(): TrainerState {
    const [critic, policy] = [this.critic.save(), this.policy.trained.save()];
    return {
      json: { critic: critic.json, policy: policy.json },
      arrays: { ...prefixed('value', critic.arrays), ...prefixed('policy', policy.arrays) },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.critic.restore({ json: json.critic as TrainerState['json'], arrays: unprefixed('value', arrays) });
    this.policy.trained.restore({ json: json.policy as TrainerState['json'], arrays: unprefixed('policy', arrays) });
  }

  /** Episodes differ in length, so each has its advantages computed by itself. */
  private advantages(episodes: readonly Episode[], values: Float64Array) {
    let start = 0;
    const parts = episodes.map(({ steps }) => {
      const own = values.subarray(start, start + steps.length);
      start += steps.length;
      const rewards = steps.map(({ reward }) => reward);
      return generalisedAdvantages({ batch: 1, time: steps.length, rewards, values: own });
    });
    return {
      advantages: parts.flatMap(({ advantages }) => [...advantages]),
      returns: parts.flatMap(({ returns }) => [...returns]),
    };
  }

  private improve(steps: readonly Step[], advantages: Float64Array) {
    // Many steps share a state: each is computed once.
    const choices = [...new Set(steps.map(({ choice }) => choice))];
    const places = new Map(choices.map((choice, place) => [choice, place]));
    const features = joinRows(choices.map((choice) => choice.features));
    const entropyWeight = this.settings.entropyWeight / steps.length;
    let oldLogProbs: number[] | undefined;
    let isFar = false;
    let metrics = { loss: 0, entropy: 0 };
    const slopesOf = (values: Float64Array): Float64Array => {
      let start = 0;
      const distributions = choices.map((choice) => {
        const own = values.subarray(start, start + choice.actions.length);
        start += choice.actions.length;
        return { logProbs: this.policy.withTrained(choice, own), slopes: new Float64Array(own.length) };
      });
      const visited = steps.flatMap(({ choice, action }) => {
        const distribution = distributions[places.get(choice) ?? -1];
        return distribution ? [{ ...distribution, action }] : [];
      });
      const logProbs = visited.map((visit) => visit.logProbs[visit.action] ?? 0);
      oldLogProbs ??= logProbs;
      const surrogate = ppoClipLoss({ batch: 1, time: steps.length, logProbs, oldLogProbs, advantages });
      isFar = surrogate.approximateKl > MOST_KL;
      for (const [visit, weight] of zip(visited, surrogate.weights)) addSlopes(visit, weight, entropyWeight);
      const entropy = mean(visited.map((visit) => entropyOf(visit.logProbs)));
      metrics = { loss: surrogate.loss - this.settings.entropyWeight * entropy, entropy };
      return Float64Array.from(distributions.flatMap(({ slopes }) => [...slopes]));
    };
    for (let epoch = 0; epoch < EPOCHS && !isFar; epoch++) {
      this.policy.trained.descend(features, slopesOf, this.settings.rate);
    }
    return metrics;
  }
}

/** ∂ log π_a / ∂ score_k = 1[k = a] − π_k, and ∂ entropy / ∂ score_k = −π_k (log π_k + entropy). */
function addSlopes(
  { logProbs, slopes, action }: { logProbs: Float64Array; slopes: Float64Array; action: number },
  weight: number,
  entropyWeight: number,
): void {
  const entropy = entropyOf(logProbs);
  for (const [k, logProb] of logProbs.entries()) {
    const share = Math.exp(logProb);
    const own = weight * ((k === action ? 1 : 0) - share) + entropyWeight * share * (logProb + entropy);
    slopes[k] = (slopes[k] ?? 0) + own;
  }
}

function entropyOf(logProbs: Float64Array): number {
  return -logProbs.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0);
}

function prefixed(prefix: string, arrays: TrainerState['arrays']): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [`${prefix}.${name}`, values]));
}

function unprefixed(prefix: string, arrays: TrainerState['arrays']): Record<string, Float32Array> {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(own.map(([name, values]) => [name.slice(prefix.length + 1), values]));
}
