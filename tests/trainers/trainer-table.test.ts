import { describe, expect, it } from 'vitest';
import { ppo } from '../../src/trainers/algorithms/ppo/settings.js';
import { random } from '../../src/trainers/algorithms/random/settings.js';
import {
  CONDITIONED_TRAINERS,
  definitionOf,
  EXCLUSIVE_SETTINGS,
  LOSS_NAMES,
  ownersOf,
  REPLAY_TRAINERS,
  TRAINER_NAMES,
  TRAINERS,
  trainerOfLoss,
} from '../../src/trainers/trainer-table.js';

describe('the table of trainers', () => {
  it('knows whose a setting is, and that others are of the run', () => {
    expect(ownersOf('ppoClip')).toEqual(['ppo']);
    expect(ownersOf('replayUpdates')).toEqual([...REPLAY_TRAINERS]);
    expect(ownersOf('discount')).toEqual(expect.arrayContaining(['sparse-q-learning', 'reinforce', 'ppo']));
    expect(ownersOf('discount')).not.toContain('soft-q-learning');
    expect(ownersOf('seed')).toBeUndefined();
  });

  it('knows the trainer of a loss: the first that has it, none for searches', () => {
    expect(trainerOfLoss('ppo-clip')).toBe('ppo');
    expect(trainerOfLoss('multi-step')).toBe('soft-q-learning');
    expect(trainerOfLoss('none')).toBeUndefined();
    expect(trainerOfLoss('no-loss')).toBeUndefined();
  });

  it('knows which trainers replay, and which settings no other trainer can be given', () => {
    expect(REPLAY_TRAINERS).toEqual(expect.arrayContaining(['log-variance', 'sparse-q-learning']));
    expect(REPLAY_TRAINERS).not.toContain('soft-q-learning');
    expect(EXCLUSIVE_SETTINGS).toEqual(expect.arrayContaining(['replayUpdates', 'resampling', 'actions']));
    expect(EXCLUSIVE_SETTINGS).not.toContain('discount');
  });

  it('knows whose policies read inputs, and every loss once', () => {
    expect(CONDITIONED_TRAINERS).toEqual(expect.arrayContaining(['soft-q-learning', 'log-variance', 'ppo']));
    expect(CONDITIONED_TRAINERS).not.toContain('evolution');
    expect(LOSS_NAMES).toEqual(expect.arrayContaining(['both', 'single-step', 'multi-step', 'none', 'ppo-clip']));
    expect(new Set(LOSS_NAMES).size).toBe(LOSS_NAMES.length);
  });

  it.each(TRAINERS)('loads the trainer $definition.name', async ({ load }) => {
    expect(await load()).toMatchObject({ create: expect.any(Function) });
  });

  it('has each trainer once, and no other', () => {
    expect(new Set(TRAINER_NAMES).size).toBe(TRAINER_NAMES.length);
    expect(definitionOf('ppo')).toBe(ppo);
    expect(definitionOf('random')).toBe(random);
    expect(definitionOf('sac')).toBeUndefined();
  });
});
