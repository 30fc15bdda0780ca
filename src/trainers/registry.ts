import { RlpromptError } from '../errors.js';
import { createBestOfN } from './algorithms/best-of-n.js';
import { EditSearch } from './algorithms/edit-search.js';
import { Evolution } from './algorithms/evolution.js';
import { HillClimb } from './algorithms/hill-climb.js';
import { LogVariance } from './algorithms/log-variance.js';
import { Mcts } from './algorithms/mcts.js';
import { PhrasePpo } from './algorithms/phrase-ppo.js';
import { Ppo } from './algorithms/ppo.js';
import { createRandomSearch } from './algorithms/random-search.js';
import { Reinforce } from './algorithms/reinforce.js';
import { SoftQLearning } from './algorithms/soft-q-learning.js';
import { SparseQLearning } from './algorithms/sparse-q-learning.js';
import type { Generator, TrainerSettings } from './contract/settings.js';
import type { Trainer } from './contract/types.js';

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
  return create(generator, settings);
}
