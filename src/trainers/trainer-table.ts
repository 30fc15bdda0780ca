import { optionRegistry } from '../options/option.js';
import { bestOfN } from './algorithms/best-of-n/settings.js';
import { editSearch } from './algorithms/edit-search/settings.js';
import { evolution } from './algorithms/evolution/settings.js';
import { hillClimb } from './algorithms/hill-climb/settings.js';
import { logVariance } from './algorithms/log-variance/settings.js';
import { mcts } from './algorithms/mcts/settings.js';
import { ppo } from './algorithms/ppo/settings.js';
import { random } from './algorithms/random/settings.js';
import { reinforce } from './algorithms/reinforce/settings.js';
import { softQLearning } from './algorithms/soft-q-learning/settings.js';
import { sparseQLearning } from './algorithms/sparse-q-learning/settings.js';
import type { CreateTrainer, TrainerDefinition } from './contract/trainer-definition.js';

/** Every trainer, a line each: what is known of it, and how it is loaded when it is to run. */
export const TRAINERS = [
  entry(softQLearning, () => import('./algorithms/soft-q-learning/soft-q-learning.js')),
  entry(logVariance, () => import('./algorithms/log-variance/log-variance.js')),
  entry(sparseQLearning, () => import('./algorithms/sparse-q-learning/sparse-q-learning.js')),
  entry(reinforce, () => import('./algorithms/reinforce/reinforce.js')),
  entry(ppo, () => import('./algorithms/ppo/ppo.js')),
  entry(mcts, () => import('./algorithms/mcts/mcts.js')),
  entry(evolution, () => import('./algorithms/evolution/evolution.js')),
  entry(hillClimb, () => import('./algorithms/hill-climb/hill-climb.js')),
  entry(editSearch, () => import('./algorithms/edit-search/edit-search.js')),
  entry(bestOfN, () => import('./algorithms/best-of-n/best-of-n.js')),
  entry(random, () => import('./algorithms/random/random.js')),
] as const;

type Definition = (typeof TRAINERS)[number]['definition'];

export type TrainerName = Definition['name'];

/** A loss by its equation; `both` is the mean of single-step and multi-step, the paper's; searches have `none`. */
export type LossName = Definition['losses'][number];

const DEFINITIONS: readonly (Definition & TrainerDefinition)[] = TRAINERS.map(({ definition }) => definition);

export const TRAINER_NAMES = DEFINITIONS.map(({ name }) => name) as unknown as [TrainerName, ...TrainerName[]];

export const LOSS_NAMES = [...new Set(DEFINITIONS.flatMap(({ losses }) => [...losses]))] as unknown as [
  LossName,
  ...LossName[],
];

type AllOf<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;

/** The settings of all trainers by key. */
export const TRAINER_SETTINGS = Object.assign({}, ...DEFINITIONS.map(({ settings }) => settings)) as {
  readonly [K in keyof AllOf<Definition['settings']>]: AllOf<Definition['settings']>[K];
};

/** Trainers whose losses hold for prompts from anywhere, so that replay and resampling are theirs. */
export const REPLAY_TRAINERS: readonly TrainerName[] = namesOf(({ hasReplay }) => hasReplay);

/** Trainers whose policy can read the input that it proposes a prompt for. */
export const CONDITIONED_TRAINERS: readonly TrainerName[] = namesOf(({ readsInputs }) => readsInputs);

/** Trainers whose policy can learn on top of the generator LM's own log-probabilities. */
export const PRIOR_TRAINERS: readonly TrainerName[] = CONDITIONED_TRAINERS.filter(
  (name) => name !== 'sparse-q-learning',
);

/** @param name one of `TRAINER_NAMES` */
export function definitionOf(name: string): TrainerDefinition | undefined {
  return DEFINITIONS.find((definition) => definition.name === name);
}

/** The trainers that have a setting; all others know nothing of it. Undefined for a setting of the run. */
export function ownersOf(key: string): readonly TrainerName[] | undefined {
  return key in TRAINER_SETTINGS ? namesOf(({ settings }) => key in settings) : undefined;
}

/** Settings that a trainer which does not have them cannot be given. */
export const EXCLUSIVE_SETTINGS = (Object.keys(TRAINER_SETTINGS) as (keyof typeof TRAINER_SETTINGS)[]).filter(
  (key) => optionRegistry.get(TRAINER_SETTINGS[key])?.exclusive,
);

/** The trainer that minimises `loss`, for a configuration that names only the loss; several have none. */
export function trainerOfLoss(loss: string): TrainerName | undefined {
  return loss === 'none' ? undefined : namesOf(({ losses }) => losses.includes(loss))[0];
}

function namesOf(holds: (definition: TrainerDefinition) => boolean): TrainerName[] {
  return DEFINITIONS.filter(holds).map(({ name }) => name);
}

function entry<const D extends TrainerDefinition>(
  definition: D,
  load: () => Promise<{ readonly create: CreateTrainer<D> }>,
) {
  return { definition, load };
}
