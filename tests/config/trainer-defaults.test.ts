import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import { TRAINER_NAMES } from '../../src/trainers/trainer-table.js';

describe('the settings that a trainer wants for itself', () => {
  it('stand before the default preset, and behind another and the user', () => {
    const ours = completeRunConfig({ task: 'spam', trainer: 'sparse-q-learning' });
    expect(ours).toMatchObject({ learningRate: 1e-4, rewardTo: [0, 1], resampling: 0, loss: 'sparse' });
    expect(completeRunConfig({ task: 'spam', loss: 'sparse' })).toEqual(ours);
    expect(completeRunConfig({ task: 'spam', trainer: 'soft-q-learning', preset: 'paper' }).learningRate).toBe(5e-5);
    expect(completeRunConfig({ task: 'spam', trainer: 'ppo', learningRate: 0.5 }).learningRate).toBe(0.5);
  });

  it.each(TRAINER_NAMES)('make a whole configuration of %s alone', (trainer) => {
    const config = completeRunConfig({ task: 'spam', trainer });
    expect(completeRunConfig(config)).toEqual(config);
  });

  it('are asked for by name where several trainers have no loss', () => {
    expect(() => completeRunConfig({ task: 'spam', loss: 'none' })).toThrow('cannot minimise loss none');
  });
});
