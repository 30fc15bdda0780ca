import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/random/rng.js';
import type { RolloutReward } from '../../src/trainers/contract/types.js';
import { ReplayBuffer, type ReplayEntry } from '../../src/trainers/replay/replay-buffer.js';
import { ReplayMemory } from '../../src/trainers/replay/replay-memory.js';

const entry = (input: string, token: number, rawReward: number): ReplayEntry => ({
  tokenIds: [token, token],
  hidden: Float32Array.of(token, 0),
  priorLogProbs: new Float32Array(2),
  rawReward,
  input,
});
const rewardsOf = (raw: readonly number[]): RolloutReward[] =>
  raw.map((value) => ({ raw: value, zScored: 0, shaped: 0 }));

describe('replay of prompts of several inputs', () => {
  it('knows a prompt for the input it was proposed for only', () => {
    const buffer = new ReplayBuffer(8);
    buffer.add(entry('a', 1, 10));
    expect(buffer.has({ tokenIds: [1, 1], input: 'a' })).toBe(true);
    expect(buffer.has({ tokenIds: [1, 1], input: 'b' })).toBe(false);
    buffer.add(entry('b', 1, 20));
    buffer.add(entry('a', 1, 30));
    expect(buffer.size).toBe(2);
  });

  it('samples inputs with prompts to compare, never one prompt of an input alone', () => {
    const buffer = new ReplayBuffer(64);
    for (const input of ['a', 'b', 'c']) for (let token = 0; token < 6; token++) buffer.add(entry(input, token, token));
    buffer.add(entry('lonely', 1, 99));
    const rng = Rng.create(0, 'replay');
    for (let i = 0; i < 20; i++) {
      const sample = buffer.sampleInputs(8, 4, rng);
      const counts = new Map<string, number>();
      for (const { input } of sample) counts.set(input!, (counts.get(input!) ?? 0) + 1);
      expect([...counts.values()]).toEqual([4, 4]);
      expect(counts.has('lonely')).toBe(false);
      expect(new Set(sample).size).toBe(8);
    }
  });

  it('makes room by the worst older prompt of the input that has most', () => {
    const buffer = new ReplayBuffer(5);
    for (const [input, token, reward] of [
      ['a', 1, 5],
      ['a', 2, 1],
      ['a', 3, 0],
      ['b', 4, -9],
      ['a', 5, 9],
    ] as const) {
      buffer.add(entry(input, token, reward));
    }
    buffer.add(entry('b', 6, -9));
    expect(buffer.has({ tokenIds: [2, 2], input: 'a' })).toBe(false);
    expect(buffer.has({ tokenIds: [3, 3], input: 'a' })).toBe(true);
    expect(buffer.has({ tokenIds: [4, 4], input: 'b' })).toBe(true);
  });

  it('comes back from a saved state with its inputs', () => {
    const buffer = new ReplayBuffer(8);
    for (const [i, input] of ['a', 'b', 'a'].entries()) buffer.add(entry(input, i, i));
    const restored = new ReplayBuffer(8);
    restored.restore(buffer.save());
    expect(restored.save()).toEqual(buffer.save());
    expect(restored.has({ tokenIds: [1, 1], input: 'b' })).toBe(true);
    expect(restored.has({ tokenIds: [1, 1], input: 'a' })).toBe(false);
  });

  it('standardises a reward by what prompts got on the same input', () => {
    const settings = { seed: 0, inputsPerStep: 2, promptsPerStep: 4, inputConditioned: true } as const;
    const memory = new ReplayMemory({ ...settings, rewardFrom: [0, 1], rewardTo: [0, 1] });
    const rollouts = [{ input: 'easy' }, { input: 'hard' }, { input: 'easy' }, { input: 'hard' }];
    memory.observe(rewardsOf([90, -90, 110, -70]), rollouts);
    expect(memory.shape(entry('easy', 1, 110))).toBeCloseTo(1, 4);
    expect(memory.shape(entry('hard', 1, -70))).toBeCloseTo(1, 4);
    expect(memory.shape(entry('hard', 1, -90))).toBeCloseTo(-1, 4);
    const again = new ReplayMemory({ ...settings, rewardFrom: [0, 1], rewardTo: [0, 1] });
    again.restore(memory.save());
    expect(again.shape(entry('hard', 1, -70))).toBe(memory.shape(entry('hard', 1, -70)));
  });
});
