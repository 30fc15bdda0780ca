import { describe, expect, it } from 'vitest';
import { createTrainer } from '../../src/trainers/registry.js';
import { TRAINER_NAMES, type TrainerName } from '../../src/trainers/trainer-table.js';
import { testTrainer } from '../contracts/trainer.js';
import { scriptedGenerator } from './scripted-generator.js';
import { toySettings } from './toy-search.js';

const POLICIES: readonly TrainerName[] = ['soft-q-learning', 'log-variance', 'sparse-q-learning', 'reinforce', 'ppo'];

for (const trainer of TRAINER_NAMES) {
  testTrainer(trainer, {
    create: (generator, settings) => createTrainer(trainer, generator, settings),
    settings: (seed) => toySettings({ trainer, seed, populationSize: 8, promptsPerStep: 8 }),
    kind: POLICIES.includes(trainer) ? 'policy' : 'search',
    ...(trainer === 'edit-search' ? { anyLength: 'edits delete and insert words' } : {}),
  });
}

describe('the registry', () => {
  it('names the trainers there are when asked for another', async () => {
    await expect(createTrainer('sac', scriptedGenerator(), toySettings({}))).rejects.toThrow(
      `no trainer "sac"; there are ${TRAINER_NAMES.join(', ')}`,
    );
  });
});
