import { describe, expect, it } from 'vitest';
import { completeRunConfig, resolveRunConfig } from '../../src/config/resolve-run-config.js';

const complete = (given: object) => completeRunConfig({ task: 'spam', ...given });

describe('settings of the learner', () => {
  it('are off, or as they were published, unless they are asked for', () => {
    expect(complete({})).toMatchObject({ onCollapse: 'restart', select: 'dev' });
    expect(complete({}).examplesPerStep).toBeUndefined();
    expect(complete({ preset: 'paper' })).toMatchObject({ onCollapse: 'warn' });
  });

  it('cool the default, and nothing whose range is its own', () => {
    expect(complete({})).toMatchObject({ rewardTo: [0, 10], rewardToEnd: [0, 30] });
    expect(complete(complete({}))).toEqual(complete({}));
    expect(complete({ rewardToEnd: [0, 12] })).toMatchObject({ rewardTo: [0, 10], rewardToEnd: [0, 12] });
    for (const own of [
      { rewardTo: [0, 10] },
      { preset: 'paper' },
      { trainer: 'soft-q-learning' },
      { trainer: 'sparse-q-learning' },
      { trainer: 'evolution' },
      { inputConditioned: true },
      { contentModel: 'models/encoder' },
      { fluentTopK: 20 },
    ]) {
      expect(complete(own).rewardToEnd, JSON.stringify(own)).toBeUndefined();
    }
  });

  it('are refused of PPO over phrases, where they say something of tokens', () => {
    const phrases = { trainer: 'ppo', actions: ['one', 'two'] };
    expect(() => complete({ ...phrases, ptx: ['a', 'b'] })).toThrow('ptx is for free tokens, not for actions');
    expect(() => complete({ ...phrases, klIn: 'reward' })).toThrow('klIn reward is for free tokens, not for actions');
    expect(() => complete({ ptx: ['a', 'b'] })).toThrow('only ppo has it');
    expect(complete({ ...phrases }).klIn).toBe('loss');
  });

  it('are read from flags', () => {
    const flags = { task: 'spam', rewardToEnd: '0,20', examplesPerStep: '16', select: 'pooled' };
    expect(resolveRunConfig({ flags }).config).toMatchObject({
      rewardToEnd: [0, 20],
      examplesPerStep: 16,
      select: 'pooled',
    });
  });

  it.each([
    [{ rewardToEnd: [5, 5] }, 'rewardToEnd 5,5: the first must be below the second'],
    [{ rewardToEnd: [0, 20], trainer: 'random' }, 'rewardToEnd changes nothing with trainer random'],
    [{ examplesPerStep: 8, calibrate: 'inputs' }, 'examplesPerStep saves nothing with calibrate inputs'],
    [{ examplesPerStep: 8, contentModel: 'models/x' }, 'examplesPerStep is for tasks in which a prompt meets all'],
    [{ examplesPerStep: 1 }, 'examplesPerStep: got 1'],
    [{ onCollapse: 'restart', trainer: 'evolution' }, 'onCollapse restart needs replay'],
  ])('are refused where they make no sense: %j', (given, message) => {
    expect(() => complete(given)).toThrow(message);
  });
});
