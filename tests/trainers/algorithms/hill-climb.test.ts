import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const create = (given: Partial<RunConfigInput> = {}) =>
  createTrainer('hill-climb', scriptedGenerator(), toySettings({ trainer: 'hill-climb', ...given }));

type HillClimb = Awaited<ReturnType<typeof create>>;

const learn = (trainer: HillClimb, prompts: readonly (readonly number[])[], rewards: readonly number[]) =>
  trainer.update(
    prompts.map((tokenIds) => ({ tokenIds, text: tokenIds.join(' '), trace: undefined })),
    plainRewards(rewards),
  );

/** How many positions of each proposal differ from a prompt. */
async function changesFrom(trainer: HillClimb, parent: readonly number[], count: number): Promise<number[]> {
  const drawn = await trainer.propose(count);
  return drawn.map(({ tokenIds }) => tokenIds.filter((id, position) => id !== parent[position]).length);
}

describe('hill climbing', () => {
  it('draws the first step uniformly, and says so by its entropy', async () => {
    const trainer = await create();
    const drawn = await trainer.propose(200);
    expect(new Set(drawn.flatMap(({ tokenIds }) => tokenIds)).size).toBe(40);
    expect((await learn(trainer, [[1, 1, 1]], [0])).entropy).toBeCloseTo(Math.log(40), 9);
  });

  it('then changes one token of the best prompt: ln(T · V) nats over its T tokens', async () => {
    const trainer = await create();
    const prompts = [
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
    ];
    await learn(trainer, prompts, [4, 9, 6]);
    expect(await changesFrom(trainer, [2, 2, 2], 20)).toEqual(new Array(20).fill(1));
    expect((await learn(trainer, [[2, 2, 3]], [5])).entropy).toBeCloseTo(Math.log(3 * 40) / 3, 9);
    // What is worse does not take its place.
    expect(await changesFrom(trainer, [2, 2, 2], 20)).toEqual(new Array(20).fill(1));
  });

  it('moves to a prompt that is as good, across a plateau', async () => {
    const trainer = await create();
    const prompts = [
      [1, 1, 1],
      [7, 8, 9],
    ];
    await learn(trainer, prompts, [4, 4]);
    expect(await changesFrom(trainer, [7, 8, 9], 20)).toEqual(new Array(20).fill(1));
    expect((await trainer.best()).tokenIds).toEqual([1, 1, 1]);
  });

  it('changes two tokens where all neighbours are known, but not before', async () => {
    const trainer = await create({ promptLength: 2 });
    await learn(trainer, [[1, 1]], [0]);
    const changes = await changesFrom(trainer, [1, 1], 200);
    const ofOne = changes.filter((count) => count === 1).length;
    // There are 2 · 39 of them.
    expect(ofOne).toBeGreaterThan(70);
    expect(changes.filter((count) => count === 2)).toHaveLength(200 - ofOne);
  });

  it('stays at its parent where rewards weigh anew, with the reward that it has now', async () => {
    const trainer = await create();
    await trainer.learnFrom([1, 1, 1], 5, { a: 5, b: 2 });
    trainer.reweigh!(({ b = 0 }) => b);
    await trainer.learnFrom([2, 2, 2], 3);
    expect(await changesFrom(trainer, [2, 2, 2], 10)).toEqual(new Array(10).fill(1));
  });
});
