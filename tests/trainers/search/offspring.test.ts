import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { crossed, PARENTS } from '../../../src/trainers/search/offspring.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const rng = () => Rng.create(3, 'sampling');

describe('children of scored prompts', () => {
  it('have at each place a token that a parent has there', () => {
    const parents = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    const children = crossed(parents, 200, { mutations: 0, rng: rng() });
    expect(children).toHaveLength(200);
    for (const child of children) {
      child.forEach((token, place) => {
        expect(parents.map((parent) => parent[place])).toContain(token);
      });
    }
    expect(new Set(children.map(String)).size).toBeGreaterThan(10);
  });

  it('leave as many places open on average as asked for', () => {
    const children = crossed([[1, 2, 3, 4, 5]], 4000, { mutations: 2, rng: rng() });
    const open = children.flat().filter((token) => token === undefined).length / 4000;
    expect(open).toBeGreaterThan(1.9);
    expect(open).toBeLessThan(2.1);
  });

  it('come from the best prompts only, the better ones more often', () => {
    const ranked = Array.from({ length: 100 }, (_, place) => [place]);
    const places = crossed(ranked, 4000, { mutations: 0, rng: rng() }).map(([place]) => place!);
    expect(Math.max(...places)).toBeLessThan(PARENTS);
    // The lowest of three uniform places among 32: (1³ + … + 31³) / 32³ = 7.51 on average.
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(mean).toBeGreaterThan(6.9);
    expect(mean).toBeLessThan(7.9);
  });
});

describe('the log-variance trainer with offspring', () => {
  const learned = async (offspring: number) => {
    const generator = scriptedGenerator({ fluentWords: ['great', 'movie', 'plot', 'loud'] });
    const settings = toySettings({ promptsPerStep: 16, offspring, learningRate: 1e-6, replayUpdates: 1 });
    const trainer = await createTrainer('log-variance', generator, settings);
    for (let step = 0; step < 2; step++) {
      const rollouts = await trainer.propose(16);
      // All tokens of the first step's best prompts are good ones.
      const rewards = rollouts.map((_, i) => ({ raw: i + 16 * (1 - step), zScored: 0, shaped: i / 16 }));
      await trainer.update(rollouts, rewards);
    }
    const state = trainer.save();
    const known = (state.json.replay as { tokenIds: number[][] }).tokenIds;
    const next = await trainer.propose(16);
    await trainer.dispose();
    return { known, next };
  };

  const shared = (prompt: readonly number[], known: readonly (readonly number[])[]): number =>
    prompt.filter((token, place) => known.some((one) => one[place] === token)).length / prompt.length;

  it('fills the asked share of a step with crossed prompts, the policy the rest', async () => {
    const { known, next } = await learned(0.5);
    expect(next).toHaveLength(16);
    const share = (rollouts: typeof next) =>
      rollouts.reduce((sum, { tokenIds }) => sum + shared(tokenIds, known), 0) / rollouts.length;
    expect(share(next.slice(8))).toBeGreaterThan(0.6);
    expect(share(next.slice(8))).toBeGreaterThan(share(next.slice(0, 8)) + 0.2);
  });

  it('is the policy alone at a share of 0, and proposes nothing twice', async () => {
    const { known, next } = await learned(0);
    const children = await learned(1);
    expect(children.next.map(({ tokenIds }) => tokenIds)).not.toEqual(next.map(({ tokenIds }) => tokenIds));
    for (const { tokenIds } of children.next) expect(known.map(String)).not.toContain(String(tokenIds));
  });
});
