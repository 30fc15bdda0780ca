import { describe, expect, it } from 'vitest';
import { parseSeeds } from '../../src/compare/seeds.js';
import { parseTrainerEntries, settingKey } from '../../src/compare/trainer-entries.js';

describe('the entries of a comparison', () => {
  it('are trainers between commas, with settings after a colon and between semicolons', () => {
    expect(parseTrainerEntries('log-variance, evolution,soft-q-learning:preset=paper;learning-rate=1e-3')).toEqual([
      { name: 'log-variance', trainer: 'log-variance', settings: [] },
      { name: 'evolution', trainer: 'evolution', settings: [] },
      {
        name: 'soft-q-learning:preset=paper;learning-rate=1e-3',
        trainer: 'soft-q-learning',
        settings: ['preset=paper', 'learning-rate=1e-3'],
      },
    ]);
  });

  it('may have a comma in a value', () => {
    const [first, second] = parseTrainerEntries('log-variance:reward-to=0,5;top-k=9,random');
    expect(first!.settings).toEqual(['reward-to=0,5', 'top-k=9']);
    expect(second!.trainer).toBe('random');
  });

  it.each([
    ['evolutoin', 'did you mean evolution'],
    ['random,random', 'comes twice'],
    ['random:topK', 'not key=value'],
    ['random:seed=3', 'seed is the same for every trainer'],
    ['random:trainer=mcts', 'trainer is the same'],
    [' , ', 'no trainer'],
  ])('%j is refused', (text, message) => {
    expect(() => parseTrainerEntries(text)).toThrow(message);
  });

  it('name a key in either spelling', () => {
    expect([settingKey('reward-to=0,5'), settingKey(' topK = 9')]).toEqual(['rewardTo', 'topK']);
  });
});

describe('seeds', () => {
  it('are different whole numbers', () => {
    expect(parseSeeds('3, 0,12')).toEqual([3, 0, 12]);
    for (const text of ['', '1,1', '1,,2', '-1', '1.5', 'x', '4294967296']) {
      expect(() => parseSeeds(text)).toThrow(/whole numbers/);
    }
  });
});
