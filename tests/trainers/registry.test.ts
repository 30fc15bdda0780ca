import { createTrainer } from '../../src/trainers/registry.js';
import { definitionOf, TRAINER_NAMES } from '../../src/trainers/trainer-table.js';
import { testTrainer } from '../contracts/trainer.js';
import { toySettings } from './toy-search.js';

for (const trainer of TRAINER_NAMES) {
  testTrainer(trainer, {
    create: (generator, settings) => createTrainer(trainer, generator, settings),
    settings: (seed) => toySettings({ trainer, seed, populationSize: 8, promptsPerStep: 8 }),
    kind: definitionOf(trainer)?.losses.includes('none') ? 'search' : 'policy',
    ...(trainer === 'edit-search' ? { anyLength: 'edits delete and insert words' } : {}),
  });
}
