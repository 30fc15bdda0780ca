import { RlpromptError } from '../errors.js';
import { LogVariance } from './log-variance.js';
import type { Generator, TrainerSettings } from './settings.js';
import { SoftQLearning } from './soft-q-learning.js';
import type { Trainer } from './types.js';

type CreateTrainer = (generator: Generator, settings: TrainerSettings) => Promise<Trainer>;

const TRAINERS: Readonly<Record<string, CreateTrainer>> = {
  'soft-q-learning': SoftQLearning.create,
  'log-variance': LogVariance.create,
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
