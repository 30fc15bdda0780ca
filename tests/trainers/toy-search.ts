import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { type ShapingSettings, toStepRewards } from '../../src/rewards/shaping/reward-shaper.js';
import { tunedTo } from '../../src/run/prepare/tuned-config.js';
import type { Rollout, RolloutReward, Trainer, UpdateMetrics } from '../../src/trainers/contract/types.js';
import type { AllTrainerSettings } from '../../src/trainers/registry.js';

/** Of the toy generators, about. */
const GENERATOR = { hiddenStates: { hiddenSize: 16 }, tokenizer: { vocabularySize: 0, bytes: () => undefined } };

export type ToySettings = AllTrainerSettings & ShapingSettings;

/** Settings of a run, small enough for a toy; what `given` leaves out is the trainer's own. */
export function toySettings(given: Partial<RunConfigInput>): ToySettings {
  const config = completeRunConfig({
    task: 'toy',
    promptLength: 3,
    innerSize: 16,
    topK: 40,
    priorBeta: 0,
    threads: 1,
    ...given,
  });
  return tunedTo(GENERATOR, config);
}

export type ToyReward = (tokenIds: readonly number[]) => number;

/** Raw reward of find-the-word: 100 for the winning prompt, less for each position that holds another word. */
export function findTheWords(winner: readonly number[]): ToyReward {
  return (tokenIds) => {
    const right = winner.filter((id, position) => tokenIds[position] === id).length;
    return (100 * right) / Math.max(winner.length, tokenIds.length);
  };
}

/** Rewards that are their own shaped ones. */
export function plainRewards(values: readonly number[]): RolloutReward[] {
  return values.map((value) => ({ raw: value, zScored: value, shaped: value }));
}

export interface ToyStep {
  readonly rollouts: readonly Rollout[];
  readonly rewards: readonly RolloutReward[];
  readonly metrics: UpdateMetrics;
}

/** Propose, reward, update, as the loop does. */
export async function toyStep(trainer: Trainer, reward: ToyReward, settings: ToySettings): Promise<ToyStep> {
  const rollouts = await trainer.propose(settings.promptsPerStep);
  const raw = rollouts.map(({ tokenIds }) => reward(tokenIds));
  const rewards = toStepRewards(raw, settings);
  return { rollouts, rewards, metrics: await trainer.update(rollouts, rewards) };
}

export interface ToyOutcome {
  /** Best raw reward among the prompts proposed. */
  readonly best: number;
  /** Different prompts scored: the forwards a run with a reward cache would have paid, an example. */
  readonly scored: number;
  /** Different prompts scored until the best was found. */
  readonly foundAfter: number;
}

/** Searches until `budget` different prompts were scored, or for as many steps if the trainer repeats itself. */
export async function toySearch(
  trainer: Trainer,
  reward: ToyReward,
  settings: ToySettings,
  budget: number,
): Promise<ToyOutcome> {
  const known = new Set<string>();
  let best = Number.NEGATIVE_INFINITY;
  let foundAfter = 0;
  for (let step = 0; known.size < budget && step < budget; step++) {
    const { rollouts, rewards } = await toyStep(trainer, reward, settings);
    rollouts.forEach(({ text }, i) => {
      if (known.size < budget) known.add(text);
      if (known.has(text) && rewards[i]!.raw > best) {
        best = rewards[i]!.raw;
        foundAfter = known.size;
      }
    });
    if (best === 100) break;
  }
  return { best, scored: known.size, foundAfter };
}
