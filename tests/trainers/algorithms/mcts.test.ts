import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { type ScriptedGeneratorOptions, scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, plainRewards, toySettings, toyStep } from '../toy-search.js';

function create(given: Partial<RunConfigInput> = {}, lm: ScriptedGeneratorOptions = {}) {
  const generator = scriptedGenerator(lm);
  const settings = toySettings({ trainer: 'mcts', promptsPerStep: 8, ...given });
  return createTrainer('mcts', generator, settings).then((trainer) => ({ trainer, generator, settings }));
}

describe('tree search', () => {
  it('goes first where the LM goes, and completes prompts as the LM does', async () => {
    const { trainer } = await create({ promptLength: 4 }, { fluentWords: ['dull'], fluency: 6 });
    const words = (await trainer.propose(4)).flatMap(({ text }) => text.split(' '));
    expect(words.filter((word) => word === 'dull').length).toBeGreaterThan(words.length / 2);
    await trainer.dispose();
  });

  it('looks elsewhere where the LM says the same again, until all was said', async () => {
    const { trainer } = await create({ promptLength: 1 }, { fluentWords: ['dull'], fluency: 12 });
    const said = new Set<string>();
    for (let step = 0; step < 5; step++) {
      const rollouts = await trainer.propose(8);
      await trainer.update(rollouts, plainRewards(new Array(8).fill(0)));
      for (const { text } of rollouts) said.add(text);
    }
    expect(said.size).toBe(40);
    // Then it has to repeat itself.
    expect((await trainer.propose(8)).every(({ text }) => said.has(text))).toBe(true);
    await trainer.dispose();
  });

  it('comes back to beginnings that were rewarded', async () => {
    const { trainer, generator, settings } = await create({ promptLength: 4 });
    const good = generator.idOf('great');
    const startsWell = (tokenIds: readonly number[]): number => Number(tokenIds[0] === good);
    for (let step = 0; step < 30; step++) await toyStep(trainer, startsWell, settings);
    const late = [];
    for (let step = 0; step < 10; step++) late.push(...(await toyStep(trainer, startsWell, settings)).rollouts);
    const share = late.filter(({ tokenIds }) => startsWell(tokenIds)).length / late.length;
    // Without rewards it would be one in forty.
    expect(share).toBeGreaterThan(0.3);
    await trainer.dispose();
  });

  it('says the best reward, and the entropy of first tokens over what was scored', async () => {
    const { trainer } = await create({ promptLength: 2 });
    expect((await trainer.best()).tokenIds).toEqual([1, 1]);
    await trainer.learnFrom([3, 4], 5);
    await trainer.learnFrom([3, 5], 2);
    await trainer.learnFrom([6, 5], 7);
    await trainer.learnFrom([7, 5], 1);
    const metrics = await trainer.update([], []);
    expect(metrics['search/best-reward']).toBe(7);
    expect(metrics.entropy).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(4), 9);
    expect((await trainer.best()).tokenIds).toEqual([6, 5]);
    await trainer.dispose();
  });

  it('says a best reward of zero before the first', async () => {
    const { trainer } = await create();
    expect((await trainer.update([], []))['search/best-reward']).toBe(0);
    await trainer.dispose();
  });

  it('takes in a prompt once, and none that it could not propose', async () => {
    const { trainer } = await create({ promptLength: 2 });
    expect(await trainer.learnFrom([3], 9)).toBe(false);
    expect(await trainer.learnFrom([3, 0], 9)).toBe(false);
    expect(await trainer.learnFrom([3, 4], 5)).toBe(true);
    const before = JSON.stringify(trainer.save());
    expect(await trainer.learnFrom([3, 4], 5)).toBe(true);
    const again = { tokenIds: [3, 4], text: '', trace: undefined };
    await trainer.update([again], plainRewards([5]));
    expect(JSON.stringify(trainer.save())).toBe(before);
    await trainer.dispose();
  });

  it('gives the way down to a prompt its reward once, whoever scored the prompt', async () => {
    const { trainer } = await create({ promptLength: 2 });
    const [rollout] = await trainer.propose(1);
    await trainer.update([rollout!], plainRewards([4]));
    const before = JSON.stringify(trainer.save().json.tree);
    await trainer.update([rollout!], plainRewards([4]));
    expect(JSON.stringify(trainer.save().json.tree)).toBe(before);
    await trainer.dispose();
  });

  it('asks the LM once about a beginning', async () => {
    const { trainer, generator } = await create({ promptLength: 1 });
    await trainer.propose(1);
    const rows = generator.bodyRows();
    await trainer.propose(8);
    // Only what follows the start token matters for prompts of one token, and that is known.
    expect(generator.bodyRows()).toBe(rows);
    await trainer.dispose();
  });

  it('weighs the beginnings again where rewards do', async () => {
    const { trainer } = await create({ promptLength: 2 });
    await trainer.learnFrom([3, 4], 5, { a: 5, b: 1 });
    await trainer.learnFrom([6, 5], 7, { a: 7, b: -2 });
    trainer.reweigh!(({ b = 0 }) => b);
    expect((await trainer.best()).tokenIds).toEqual([3, 4]);
    expect(trainer.save().json.tree).toMatchObject({ range: [-2, 1] });
    await trainer.dispose();
  });

  it('finds words that the LM does not like', async () => {
    const { trainer, generator, settings } = await create({ promptLength: 2 }, { fluentWords: ['dull'], fluency: 2 });
    const reward = findTheWords([generator.idOf('great'), generator.idOf('movie')]);
    for (let step = 0; step < 60; step++) await toyStep(trainer, reward, settings);
    expect((await trainer.best()).text).toBe('great movie');
    await trainer.dispose();
  });
});
