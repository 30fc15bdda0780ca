import { describe, expect, it } from 'vitest';
import { ReplayMemory } from '../../../src/trainers/replay/replay-memory.js';
import { toySettings } from '../toy-search.js';

const settings = toySettings({ rewardTo: [0, 10], promptsPerStep: 4 });
const reward = (raw: number, group?: number) => ({
  raw,
  zScored: 0,
  shaped: 0,
  ...(group === undefined ? {} : { group }),
});
const entry = (tokenIds: number[], rawReward: number, group?: number) => ({
  tokenIds,
  rawReward,
  hidden: Float32Array.of(0),
  priorLogProbs: Float32Array.of(0),
  group,
});

describe('ReplayMemory', () => {
  it('standardises a replayed reward by the running statistics of all where all met the same examples', () => {
    const memory = new ReplayMemory(settings);
    memory.observe([reward(10), reward(30)], [{}, {}]);
    expect(memory.shape(entry([1], 30))).toBeCloseTo(10, 3);
    expect(memory.shape(entry([1], 20))).toBeCloseTo(0, 3);
  });

  it('centres a replayed reward on its own input: a good prompt on a hard input is worth more than a bad one on an easy one', () => {
    const memory = new ReplayMemory(settings);
    const easyAndHard = [reward(80, 3), reward(90, 3), reward(0, 7), reward(20, 7)];
    memory.observe(easyAndHard, [{}, {}, {}, {}]);
    expect(memory.shape(entry([1], 80, 3))).toBeCloseTo(-10, 2);
    expect(memory.shape(entry([2], 20, 7))).toBeCloseTo(10, 2);
    // Scored on all inputs, as a prompt that a user provides is: its mean place over them.
    expect(memory.shape(entry([3], 50))).toBeCloseTo((10 * ((50 - 85) / 5 + (50 - 10) / 10)) / 2, 2);
  });

  it('replays as elite what is best on its own input', () => {
    const memory = new ReplayMemory(settings);
    const easy = Array.from({ length: 70 }, (_, i) => entry([i], 80 + (i % 2), 0));
    const hard = Array.from({ length: 70 }, (_, i) => entry([1000 + i], i, 1));
    for (const some of [...easy, ...hard]) memory.buffer.add(some);
    memory.observe(
      [...easy, ...hard].map(({ rawReward, group }) => reward(rawReward, group)),
      [...easy, ...hard].map(() => ({})),
    );
    const elites = Array.from({ length: 40 }, () => memory.sample(2)[0]!);
    expect(elites.some(({ group }) => group === 1)).toBe(true);
    expect(elites.every(({ group, rawReward }) => group === 0 || rawReward > 34)).toBe(true);
  });

  it('continues from what was saved, with its inputs', () => {
    const memory = new ReplayMemory(settings);
    memory.observe([reward(80, 3), reward(90, 3), reward(0, 7)], [{}, {}, {}]);
    memory.buffer.add(entry([1], 80, 3));
    memory.buffer.add(entry([2], 20));
    const resumed = new ReplayMemory(settings);
    const state = memory.save();
    resumed.restore({ json: JSON.parse(JSON.stringify(state.json)), arrays: state.arrays });
    expect(resumed.save()).toEqual(state);
    expect(resumed.sample(2)).toEqual(memory.sample(2));
    expect(resumed.shape(entry([1], 90, 3))).toBe(memory.shape(entry([1], 90, 3)));
  });

  it('shapes to the range of the step', () => {
    const memory = new ReplayMemory(settings);
    memory.observe([reward(10), reward(30)], [{}, {}], { rewardTo: [0, 4] });
    expect(memory.shape(entry([1], 30))).toBeCloseTo(4, 3);
    memory.observe([reward(10), reward(30)], [{}, {}]);
    expect(memory.shape(entry([1], 30))).toBeCloseTo(10, 3);
  });

  it('gives prompts the rewards of other weights, and these their own running statistics', () => {
    const memory = new ReplayMemory(settings);
    memory.observe([reward(10), reward(30)], [{}, {}]);
    for (let i = 0; i < 60; i++) {
      memory.buffer.add({ ...entry([i], 0), parts: { task: i < 20 ? 1000 : i % 2 === 0 ? 2 : 4 } });
    }
    memory.reweigh(({ task = 0 }) => 10 * task);
    // Ten steps of four prompts: the first twenty are forgotten. Mean 30, standard deviation 10.
    expect(memory.shape(entry([1], 40))).toBeCloseTo(10, 3);
    expect(memory.shape(entry([1], 20))).toBeCloseTo(-10, 3);
    expect(memory.buffer.rewardsOf(() => true).slice(18, 22)).toEqual([10_000, 10_000, 20, 40]);
  });

  it('knows nothing of a group whose prompts were all forgotten', () => {
    const memory = new ReplayMemory(settings);
    memory.observe([reward(10, 1), reward(30, 1)], [{}, {}]);
    memory.buffer.add(entry([1], 10, 1));
    memory.reweigh(() => 5);
    expect([memory.buffer.size, memory.shape(entry([1], 30, 1))]).toEqual([0, 0]);
  });

  it('reads what versions with one scale wrote', () => {
    const memory = new ReplayMemory(settings);
    memory.observe([reward(10), reward(30)], [{}, {}]);
    const { json, arrays } = memory.save();
    const { scales, ...older } = json as { scales: [string, number[]][] };
    const resumed = new ReplayMemory(settings);
    resumed.observe([reward(1, 4), reward(2, 4)], [{}, {}]);
    resumed.restore({ json: { ...older, scale: scales[0]?.[1] }, arrays });
    expect(resumed.save().json.scales).toEqual(scales);
  });

  it('goes back to the range of the settings in a step that names none', () => {
    const memory = new ReplayMemory(settings);
    memory.setRange({ rewardTo: [0, 2] });
    memory.observe([reward(10), reward(30)], [{}, {}]);
    expect(memory.shape(entry([1], 30))).toBeCloseTo(10, 3);
    memory.setRange({ rewardTo: [0, 2] });
    expect(memory.shape(entry([1], 30))).toBeCloseTo(2, 3);
  });
});
