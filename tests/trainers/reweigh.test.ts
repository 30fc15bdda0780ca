import { describe, expect, it } from 'vitest';
import type { RewardParts } from '../../src/trainers/contract/types.js';
import { createTrainer } from '../../src/trainers/registry.js';
import { ReplayBuffer } from '../../src/trainers/replay/replay-buffer.js';
import { ReplayMemory } from '../../src/trainers/replay/replay-memory.js';
import { PromptArchive } from '../../src/trainers/search/prompt-archive.js';
import { PromptTree } from '../../src/trainers/search/prompt-tree.js';
import { TRAINER_NAMES } from '../../src/trainers/trainer-table.js';
import { scriptedGenerator } from './scripted-generator.js';
import { toySettings } from './toy-search.js';

const byB = ({ b }: RewardParts): number => b!;
const entry = (id: number, a: number, b: number) => ({
  tokenIds: [id, 1],
  hidden: Float32Array.of(id),
  priorLogProbs: new Float32Array(1),
  rawReward: a,
  parts: { a, b },
});

describe('rewards that are kept, after a change of weights', () => {
  it('are those of the new weights in the replay buffer, also when it is saved', () => {
    const buffer = new ReplayBuffer(8);
    buffer.add(entry(1, 10, 3));
    buffer.add(entry(2, 20, 2));
    const { parts: _, ...unknown } = entry(3, 30, 1);
    buffer.add(unknown);
    buffer.reweigh(byB);
    expect(buffer.rewardsOf(() => true)).toEqual([3, 2]);
    expect(buffer.has({ tokenIds: [3, 1] })).toBe(false);
    const copy = new ReplayBuffer(8);
    copy.restore(buffer.save());
    copy.reweigh(({ a }) => a!);
    expect(copy.rewardsOf(() => true)).toEqual([10, 20]);
  });

  it('are measured by statistics of their own, not by those of the old weights', () => {
    const memory = new ReplayMemory(toySettings({}));
    const rewards = [1000, 2000].map((raw, i) => ({ raw, zScored: 0, shaped: 0, parts: { a: raw, b: i } }));
    memory.observe(rewards, [{}, {}]);
    rewards.forEach(({ parts: { a, b } }, i) => {
      memory.buffer.add(entry(i, a, b));
    });
    memory.reweigh(byB);
    // Of 0 and 1 the mean is 0.5 and the deviation 0.5: one deviation above.
    const shape = (rawReward: number) => memory.shape({ ...entry(0, 0, 0), rawReward });
    expect(shape(0.5)).toBeCloseTo(0, 9);
    expect(shape(1)).toBeGreaterThan(0);
    expect(shape(0)).toBeCloseTo(-shape(1), 9);
  });

  it('decide again which prompt of an archive is best', () => {
    const archive = new PromptArchive();
    archive.add([1], 5, { a: 5, b: 1 });
    archive.add([2], 4, { a: 4, b: 9 });
    expect(archive.best!.tokenIds).toEqual([1]);
    archive.reweigh(byB);
    expect(archive.best).toMatchObject({ tokenIds: [2], reward: 9 });
    const copy = new PromptArchive();
    copy.restore(JSON.parse(JSON.stringify(archive.save())));
    copy.reweigh(({ a }) => a!);
    expect(copy.best).toMatchObject({ tokenIds: [1], reward: 5 });
  });

  it('give the nodes of a tree new means, and leave their visits', () => {
    const tree = new PromptTree(2);
    for (const [prompt, reward] of [
      [[1, 1], 10],
      [[1, 2], 20],
      [[2, 1], 60],
    ] as const) {
      tree.backUp(tree.pathOf(prompt), reward, { wasProposed: false });
    }
    tree.reweigh([
      { tokenIds: [1, 1], reward: 0 },
      { tokenIds: [1, 2], reward: 4 },
      { tokenIds: [2, 1], reward: 1 },
    ]);
    const { nodes, range } = tree.save();
    const of = (prefix: string) => nodes.find(([tokenIds]) => tokenIds.join() === prefix)!.slice(1, 3);
    expect(range).toEqual([0, 4]);
    expect(of('')).toEqual([3, 5]);
    expect(of('1')).toEqual([2, 4]);
    expect(of('2')).toEqual([1, 1]);
  });

  it.each(TRAINER_NAMES)('stay in no trainer on the old scale (%s)', async (trainer) => {
    const settings = toySettings({ trainer, seed: 3, populationSize: 4, promptsPerStep: 4 });
    const made = await createTrainer(trainer, scriptedGenerator(), settings);
    const old = 4321.5;
    for (let step = 0; step < 3; step++) {
      const rollouts = await made.propose(4);
      const rewards = rollouts.map((_, i) => ({ raw: old + i, zScored: i - 1.5, shaped: i - 1.5, parts: { b: i } }));
      await made.update(rollouts, rewards);
    }
    made.reweigh?.(byB);
    const numbers = JSON.stringify(made.save().json, (key, value) => (key === 'parts' ? undefined : value));
    expect(numbers).not.toMatch(/432\d\.5/);
    await made.dispose();
  });
});
