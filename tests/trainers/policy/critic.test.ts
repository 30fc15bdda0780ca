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

  it('continues from what was saved', () => {
    const critic = new Critic(SIZE, 0);
    critic.fit(hidden, returns, 3);
    const state = critic.save();
    expect([state.json, Object.keys(state.arrays)]).toEqual([
      { criticStep: 3 },
      ['critic', 'critic.first', 'critic.second'].flatMap((prefix) =>
        ['w1', 'b1', 'w2', 'b2'].map((name) => `${prefix}.${name}`),
      ),
    ]);
    const resumed = new Critic(SIZE, 9);
    resumed.restore(state);
    for (const each of [critic, resumed]) each.fit(hidden, returns, 2);
    expect([...resumed.values(hidden)]).toEqual([...critic.values(hidden)]);
    expect(resumed.save()).toEqual(critic.save());
  });

  it('draws its first weights from the seed, evenly within the bound of its width', () => {
    const weights = (seed: number) => [...(new Critic(SIZE, seed).save().arrays['critic.w1'] ?? [])];
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
    const bound = Math.sqrt(6 / SIZE);
    expect(Math.max(...weights(1))).toBeGreaterThan(0.9 * bound);
    expect(Math.min(...weights(1))).toBeLessThan(-0.9 * bound);
    expect(Math.max(...weights(1).map(Math.abs))).toBeLessThanOrEqual(bound);
  });

  it('leaves the states it was given as they are, and reports no error of no pass', () => {
    const states = hidden.slice();
    const critic = new Critic(SIZE, 0);
    critic.fit(states, returns, 2);
    expect(states).toEqual(hidden);
    expect(critic.fit(hidden, returns, 0)).toBe(0);
  });
});
