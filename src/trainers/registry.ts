import { RlpromptError } from '../errors.js';
import { createBestOfN } from './best-of-n.js';
import { EditSearch } from './edit-search.js';
import { Evolution } from './evolution.js';
import { HillClimb } from './hill-climb.js';
import { LogVariance } from './log-variance.js';
import { Mcts } from './mcts.js';
import { PhrasePpo } from './phrase-ppo.js';
import { Ppo } from './ppo.js';
import { createRandomSearch } from './random-search.js';
import { Reinforce } from './reinforce.js';
import { Screened } from './screening/screened.js';
import type { Generator, TrainerSettings } from './settings.js';
import { SoftQLearning } from './soft-q-learning.js';
import { SparseQLearning } from './sparse-q-learning.js';
import type { Trainer } from './types.js';

type CreateTrainer = (generator: Generator, settings: TrainerSettings) => Promise<Trainer>;

const TRAINERS: Readonly<Record<string, CreateTrainer>> = {
  'soft-q-learning': SoftQLearning.create,
  'log-variance': LogVariance.create,
  'sparse-q-learning': SparseQLearning.create,
  reinforce: Reinforce.create,
  ppo: (generator, settings) => (settings.actions ? PhrasePpo : Ppo).create(generator, settings),
  mcts: Mcts.create,
  evolution: Evolution.create,
  'hill-climb': HillClimb.create,
  'edit-search': EditSearch.create,
  'best-of-n': createBestOfN,
  random: createRandomSearch,
};

export function createTrainer(name: string, generator: Generator, settings: TrainerSettings): Promise<Trainer> {
  const create = TRAINERS[name];
  if (!create) {
    throw new RlpromptError({
      code: 'E_TRAINER_NOT_FOUND',
      exit: 'config',
      message: `no trainer ${JSON.stringify(name)}; there are ${Object.keys(TRAINERS).join(', ')}`,
      where: '--trainer',
    });
  }
  if (settings.screening > 0) return createScreened(create, generator, settings);
  return create(generator, settings);
}

async function createScreened(
  create: CreateTrainer,
  generator: Generator,
  settings: TrainerSettings,
): Promise<Trainer> {
  return new Screened(await create(generator, settings), generator, settings);
}
