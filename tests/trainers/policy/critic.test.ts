import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { Critic } from '../../../src/trainers/policy/critic.js';

const SIZE = 6;
const rng = Rng.create(3, 'search');
const hidden = Float32Array.from({ length: 40 * SIZE }, () => 2 * rng.float() - 1);
/** A function of the state's direction only, as the critic sees no more. */
const returns = Array.from({ length: 40 }, (_, row) => {
  const state = hidden.subarray(row * SIZE, (row + 1) * SIZE);
  const size = Math.sqrt(state.reduce((sum, value) => sum + value * value, 0) / SIZE);
  return 3 * Math.max(0, state[0]! / size) - state[2]! / size;
});

describe('the critic', () => {
  it('begins at zero and learns returns that are not linear in the states', () => {
    const critic = new Critic(SIZE, 0);
    expect([...critic.values(hidden)]).toEqual(new Array(40).fill(0));
    const before = critic.fit(hidden, returns, 600);
    expect(critic.fit(hidden, returns, 1)).toBeLessThan(before / 100);
  });

  it('reports the error before it learns', () => {
    const expected = returns.reduce((sum, value) => sum + value ** 2 / returns.length, 0);
    expect(new Critic(SIZE, 0).fit(hidden, returns, 5)).toBeCloseTo(expected, 6);
  });

  it('gives a state the same value at any scale', () => {
    const critic = new Critic(SIZE, 0);
    critic.fit(hidden, returns, 20);
    const scaled = critic.values(hidden.map((value) => 64 * value));
    critic.values(hidden).forEach((value, row) => {
      expect(scaled[row]).toBeCloseTo(value, 5);
    });
  });

  it('bears a state of zeros', () => {
    expect(Number.isFinite(new Critic(SIZE, 0).values(new Float32Array(SIZE))[0])).toBe(true);
  });
});
