import { createTrainer } from '../../src/trainers/registry.js';
import { CONDITIONED_TRAINERS } from '../../src/trainers/trainer-table.js';
import { testConditionedTrainer } from '../contracts/conditioned-trainer.js';
import { toySettings } from './toy-search.js';

for (const trainer of CONDITIONED_TRAINERS) {
  testConditionedTrainer(trainer, {
    create: (generator, settings) => createTrainer(trainer, generator, settings),
    settings: (seed, inputConditioned) =>
      toySettings({ trainer, seed, inputConditioned, promptsPerStep: 8, inputsPerStep: 4 }),
  });
}
