import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { ReplayBuffer, type ReplayEntry } from '../../../src/trainers/replay/replay-buffer.js';

const entry = (token: number, rawReward: number, more: Partial<ReplayEntry> = {}): ReplayEntry => ({
  tokenIds: [token, token + 100],
  hidden: Float32Array.of(token, rawReward),
  priorLogProbs: Float32Array.of(-token),
  rawReward,
  ...more,
});

function filled(rewards: readonly number[], capacity = 64): ReplayBuffer {
  const buffer = new ReplayBuffer(capacity);
  for (const [token, reward] of rewards.entries()) buffer.add(entry(token, reward));
  return buffer;
}

const rewardsIn = (buffer: ReplayBuffer): number[] => buffer.rewardsOf(() => true);

describe('a replay buffer of prompts of several lengths', () => {
  it('is saved and restored, each prompt with its own states', () => {
    const buffer = new ReplayBuffer(8);
    const entries = [2, 1, 3].map((steps, i) =>
      entry(i, i, {
        hidden: Float32Array.from({ length: 2 * steps }, (_, cell) => 10 * i + cell),
        priorLogProbs: new Float32Array(steps).fill(-i),
      }),
    );
    for (const one of entries) buffer.add(one);
    const saved = buffer.save();
    expect(saved.json.steps).toEqual([2, 1, 3]);
    const restored = new ReplayBuffer(8);
    restored.restore(saved);
    expect(restored.sample(3, 3, Rng.create(0, 'replay'))).toEqual(buffer.sample(3, 3, Rng.create(0, 'replay')));
    expect(restored.save()).toEqual(saved);
    expect(filled([1, 2]).save().json).not.toHaveProperty('steps');
  });
});

describe('the replay buffer', () => {
  it('lets the worst of its older half go, however bad the newer ones are', () => {
    const buffer = filled([5, 1, 9, -7, -8], 4);
    expect(rewardsIn(buffer)).toEqual([5, 9, -7, -8]);
    expect(buffer.size).toBe(4);
    expect(buffer.has(entry(1, 1))).toBe(false);
    buffer.add(entry(1, 1));
    expect(rewardsIn(buffer)).toEqual([5, 9, -8, 1]);
  });

  it('lets the first of equals go', () => {
    expect(filled([3, 3, 3], 2).has(entry(0, 3))).toBe(false);
  });

  it('is full at its capacity, not before', () => {
    expect(rewardsIn(filled([1, 2, 3], 3))).toEqual([1, 2, 3]);
  });

  it('takes half of a sample from the best, the rest from all, and no prompt twice', () => {
    const buffer = filled([0, 90, 1, 2, 3, 80, 4, 5, 6, 7]);
    const rng = Rng.create(0, 'replay');
    const others = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const rewards = buffer.sample(4, 2, rng).map(({ rawReward }) => rawReward);
      expect(new Set(rewards).size).toBe(4);
      expect(rewards).toEqual(expect.arrayContaining([80, 90]));
      for (const reward of rewards) others.add(reward);
    }
    expect(others.size).toBe(10);
    const one = Array.from({ length: 60 }, () => buffer.sample(2, 3, rng).filter(({ rawReward }) => rawReward >= 7));
    expect(one.every((best) => best.length >= 1)).toBe(true);
    expect(one.some((best) => best.length === 1)).toBe(true);
  });

  it('gives all it has where more are asked for', () => {
    const rewards = filled([1, 2, 3]).sample(8, 1, Rng.create(0, 'replay'));
    expect(rewards.map(({ rawReward }) => rawReward).sort()).toEqual([1, 2, 3]);
  });

  it('gives no more of an input than are asked for, half of them from its best quarter', () => {
    const buffer = new ReplayBuffer(64);
    for (let token = 0; token < 8; token++) buffer.add(entry(token, token, { input: 'a' }));
    const rng = Rng.create(1, 'replay');
    for (let i = 0; i < 30; i++) {
      const sample = buffer.sampleInputs(10, 3, rng);
      expect(sample).toHaveLength(3);
      expect(sample.filter(({ rawReward }) => rawReward >= 6)).toHaveLength(2);
    }
    buffer.add(entry(1, 1, { input: 'b' }));
    buffer.add(entry(2, 2, { input: 'b' }));
    expect(buffer.sampleInputs(3, 2, rng)).toHaveLength(2);
  });

  it('computes rewards again from their parts, and forgets those without', () => {
    const buffer = new ReplayBuffer(8);
    buffer.add(entry(1, 10, { parts: { task: 4, length: -2 } }));
    buffer.add(entry(2, 99));
    buffer.add(entry(3, 20, { parts: { task: 6, length: -1 }, input: 'x' }));
    buffer.reweigh(({ task = 0, length = 0 }) => task + 10 * length);
    expect(rewardsIn(buffer)).toEqual([-16, -4]);
    expect(buffer.rewardsOf(({ input }) => input === 'x')).toEqual([-4]);
    expect([entry(1, 0), entry(2, 0), entry(3, 0, { input: 'x' })].map((each) => buffer.has(each))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('writes down what entries have, and no more', () => {
    const plain = filled([1, 2]).save();
    expect(plain).toEqual({
      json: {
        tokenIds: [
          [0, 100],
          [1, 101],
        ],
        rewards: [1, 2],
      },
      arrays: { 'replay.hidden': Float32Array.of(0, 1, 1, 2), 'replay.prior': Float32Array.of(-0, -1) },
    });
    const buffer = new ReplayBuffer(8);
    buffer.add(entry(1, 10, { parts: { task: 4 } }));
    buffer.add(entry(2, 20, { group: 0 }));
    const state = buffer.save();
    expect(state.json).toMatchObject({ parts: [{ task: 4 }, null], groups: [null, 0] });
    expect(new ReplayBuffer(8).save().arrays['replay.hidden']).toHaveLength(0);

    const back = new ReplayBuffer(8);
    back.add(entry(9, 9));
    back.restore({ ...state, json: JSON.parse(JSON.stringify(state.json)) });
    expect(back.sample(2, 0, Rng.create(0, 'replay')).sort((a, b) => a.rawReward - b.rawReward)).toEqual([
      entry(1, 10, { parts: { task: 4 } }),
      entry(2, 20, { group: 0 }),
    ]);
    expect([back.has(entry(9, 9)), back.has(entry(2, 20))]).toEqual([false, true]);
  });

  it('refuses a checkpoint without its arrays', () => {
    const { json } = filled([1]).save();
    expect(() => new ReplayBuffer(8).restore({ json, arrays: {} })).toThrow('no array replay.hidden');
  });
});
