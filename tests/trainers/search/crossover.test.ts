import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { childOf } from '../../../src/trainers/search/crossover.js';

/** What stands at a position that is not inherited. */
const FILLED = -1;

function children(parents: readonly (readonly number[])[], count: number, mutations: number): number[][] {
  const rng = Rng.create(3, 'search');
  return Array.from({ length: count }, () => childOf(parents, { mutations, rng }, () => FILLED));
}

describe('children of scored prompts', () => {
  it('have at each position a token that a parent has there', () => {
    const parents = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    const born = children(parents, 200, 0);
    for (const child of born) {
      child.forEach((token, position) => {
        expect(parents.map((parent) => parent[position])).toContain(token);
      });
    }
    expect(new Set(born.map(String)).size).toBeGreaterThan(10);
  });

  it('inherit all positions but as many on average as asked for', () => {
    const filled = children([[1, 2, 3, 4, 5]], 4000, 2)
      .flat()
      .filter((token) => token === FILLED);
    expect(filled.length / 4000).toBeGreaterThan(1.9);
    expect(filled.length / 4000).toBeLessThan(2.1);
  });

  it('come more often from the better parents', () => {
    const ranked = Array.from({ length: 32 }, (_, place) => [place]);
    const places = children(ranked, 4000, 0).flat();
    // The lowest of three uniform places among 32: (1³ + … + 31³) / 32³ = 7.51 on average.
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(mean).toBeGreaterThan(6.9);
    expect(mean).toBeLessThan(7.9);
  });
});
