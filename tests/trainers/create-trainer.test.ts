import { describe, expect, it } from 'vitest';
import { createTrainer } from '../../src/trainers/registry.js';
import { TRAINER_NAMES } from '../../src/trainers/trainer-table.js';
import { scriptedGenerator } from './scripted-generator.js';
import { toySettings } from './toy-search.js';

describe('the registry', () => {
  it('creates a trainer by its name', async () => {
    const trainer = await createTrainer('random', scriptedGenerator(), toySettings({ trainer: 'random' }));
    expect(trainer.name).toBe('random');
    await trainer.dispose();
  });

  it('names the trainers there are when asked for another', async () => {
    await expect(createTrainer('sac', scriptedGenerator(), toySettings({}))).rejects.toMatchObject({
      code: 'E_TRAINER_NOT_FOUND',
      exitCode: 78,
      message: `no trainer "sac"; there are ${TRAINER_NAMES.join(', ')}`,
      where: '--trainer',
    });
  });
});
