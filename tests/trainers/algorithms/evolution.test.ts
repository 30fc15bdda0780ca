import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const create = (given: Partial<RunConfigInput> = {}) =>
  createTrainer('evolution', scriptedGenerator(), toySettings({ trainer: 'evolution', populationSize: 3, ...given }));

const rolloutsOf = (prompts: readonly (readonly number[])[]) =>
  prompts.map((tokenIds) => ({ tokenIds, text: tokenIds.join(' '), trace: undefined }));

/** Of a position that holds tokens by these shares, in nats. */
const entropyOf = (shares: readonly number[]) => -shares.reduce((sum, share) => sum + share * Math.log(share), 0);

describe('evolution', () => {
  it('keeps the best of parents and children, each once', async () => {
    const trainer = await create();
    const first = await trainer.update(
      rolloutsOf([
        [1, 1, 1],
        [1, 2, 2],
        [1, 2, 3],
        [9, 9, 9],
      ]),
      plainRewards([10, 20, 60, 1]),
    );
    expect(first['search/population-mean']).toBeCloseTo((10 + 20 + 60) / 3, 9);
    expect(first['search/best-reward']).toBe(60);
    const again = rolloutsOf([
      [1, 2, 3],
      [5, 5, 5],
    ]);
    const second = await trainer.update(again, plainRewards([60, 40]));
    expect(second['search/population-mean']).toBeCloseTo((60 + 40 + 20) / 3, 9);
  });

  it('says the mean entropy of a position over the prompts that it keeps', async () => {
    const trainer = await create();
    const { entropy } = await trainer.update(
      rolloutsOf([
        [1, 1, 1],
        [1, 2, 2],
        [1, 2, 3],
        [9, 9, 9],
      ]),
      plainRewards([10, 20, 60, 1]),
    );
    expect(entropy).toBeCloseTo((entropyOf([1]) + entropyOf([1 / 3, 2 / 3]) + entropyOf([1 / 3, 1 / 3, 1 / 3])) / 3, 9);
  });

  it('draws prompts of any tokens until it has as many parents as it keeps', async () => {
    const trainer = await create();
    const firstParents = [
      [1, 1, 1],
      [2, 2, 2],
    ];
    await trainer.update(rolloutsOf(firstParents), plainRewards([1, 2]));
    const drawn = await trainer.propose(60);
    const inherited = drawn.flatMap(({ tokenIds }) => tokenIds).filter((id) => id <= 2).length;
    expect(inherited / (3 * 60)).toBeLessThan(0.2);
  });

  it('then draws children of which one token in a prompt is new, on average', async () => {
    const trainer = await create();
    const parents = [
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
    ];
    await trainer.update(rolloutsOf(parents), plainRewards([1, 2, 3]));
    const drawn = await trainer.propose(60);
    const isNew = (id: number): boolean => id > 3;
    // Of those that were not seen before: a child without a new token often is.
    const mean = drawn.flatMap(({ tokenIds }) => tokenIds.filter(isNew)).length / drawn.length;
    expect(mean).toBeGreaterThan(0.8);
    expect(mean).toBeLessThan(1.7);
  });

  it('changes more of a child where children are known already', async () => {
    const trainer = await create({ promptLength: 2, populationSize: 2 });
    const parents = [
      [1, 1],
      [1, 2],
    ];
    await trainer.update(rolloutsOf(parents), plainRewards([2, 1]));
    const drawn = await trainer.propose(400);
    expect(new Set(drawn.map(({ text }) => text)).size).toBe(400);
  });

  it('takes a prompt from elsewhere among its parents, and finds its order again where rewards weigh anew', async () => {
    const trainer = await create({ populationSize: 2 });
    const parts = (a: number, b: number) => ({ a, b });
    await trainer.learnFrom([1, 1, 1], 5, parts(5, 0));
    await trainer.learnFrom([2, 2, 2], 3, parts(3, 9));
    trainer.reweigh!(({ b = 0 }) => b);
    // The better of the two now stands first, so the worse one gives way.
    const metrics = await trainer.update(rolloutsOf([[3, 3, 3]]), plainRewards([4]));
    expect(metrics['search/population-mean']).toBeCloseTo((9 + 4) / 2, 9);
    expect((await trainer.best()).tokenIds).toEqual([2, 2, 2]);
  });
});
