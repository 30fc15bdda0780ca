import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { type ScriptedGeneratorOptions, scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const START = 'great movie plot';

function create(given: Partial<RunConfigInput> = {}, lm: ScriptedGeneratorOptions = {}) {
  const settings = toySettings({ trainer: 'edit-search', promptLength: 3, initPrompts: [START], ...given });
  return createTrainer('edit-search', scriptedGenerator(lm), settings);
}

type EditSearch = Awaited<ReturnType<typeof create>>;

/** A step in which every prompt has the same reward but the texts named. */
async function step(trainer: EditSearch, count: number, rewardOf: (text: string) => number) {
  const rollouts = await trainer.propose(count);
  const metrics = await trainer.update(rollouts, plainRewards(rollouts.map(({ text }) => rewardOf(text))));
  return { texts: rollouts.map(({ text }) => text), metrics };
}

/** Whether one deletion, swap, substitution or insertion of a word leads from one sentence to the other. */
function isOneEdit(from: readonly string[], to: readonly string[]): boolean {
  const without = (words: readonly string[], place: number) => [...words.slice(0, place), ...words.slice(place + 1)];
  const isSame = (a: readonly string[], b: readonly string[]) => a.join(' ') === b.join(' ');
  if (to.length === from.length - 1) return from.some((_, place) => isSame(without(from, place), to));
  if (to.length === from.length + 1) return to.some((_, place) => isSame(without(to, place), from));
  const changed = from.flatMap((word, place) => (word === to[place] ? [] : [place]));
  const [a = 0, b = 0] = changed;
  return changed.length === 1 || (changed.length === 2 && from[a] === to[b] && from[b] === to[a]);
}

const isStart = (text: string): number => Number(text === START);

describe('edit search', () => {
  it('begins with the prompts that it is given, and fills the first step with text of the LM', async () => {
    const trainer = await create(
      { initPrompts: [START, '  ', 'sad  ', 'zzz'] },
      { fluentWords: ['dull'], fluency: 30 },
    );
    expect((await trainer.best()).text).toBe(START);
    const { texts } = await step(trainer, 6, isStart);
    expect(texts.slice(0, 2)).toEqual([START, 'sad']);
    expect(texts.slice(2).some((text) => text.includes('dull'))).toBe(true);
    for (const text of texts.slice(2)) expect(text.split(' ')).toHaveLength(3);
    await trainer.dispose();
  });

  it('begins with text of the LM alone where it is given none', async () => {
    const trainer = await create({ initPrompts: [] });
    expect((await trainer.best()).tokenIds).toHaveLength(3);
    const { texts } = await step(trainer, 6, () => 0);
    expect(new Set(texts).size).toBe(6);
    await trainer.dispose();
  });

  it('then proposes what is one edit away from the best', async () => {
    const trainer = await create();
    await step(trainer, 1, isStart);
    const { texts } = await step(trainer, 16, isStart);
    for (const text of texts) expect([text, isOneEdit(START.split(' '), text.split(' '))]).toEqual([text, true]);
    expect(new Set(texts.map((text) => text.split(' ').length))).toEqual(new Set([2, 3, 4]));
    await trainer.dispose();
  });

  it('takes new words from the LM', async () => {
    const trainer = await create({}, { fluentWords: ['dull'], fluency: 12 });
    await step(trainer, 1, isStart);
    const { texts } = await step(trainer, 6, isStart);
    const strange = texts
      .flatMap((text) => text.split(' '))
      .filter((word) => !['dull', ...START.split(' ')].includes(word));
    expect(strange).toEqual([]);
    await trainer.dispose();
  });

  it('moves to a sentence that is as good, and stays where all are worse', async () => {
    const trainer = await create();
    await step(trainer, 1, isStart);
    const [next = ''] = (await step(trainer, 1, () => 1)).texts;
    await step(trainer, 3, () => 0);
    const { texts } = await step(trainer, 20, () => 0);
    for (const text of texts) expect([text, isOneEdit(next.split(' '), text.split(' '))]).toEqual([text, true]);
    await trainer.dispose();
  });

  it('edits more at a time after each three steps without a better sentence, up to four edits', async () => {
    const trainer = await create();
    const edits: unknown[] = [];
    for (let i = 0; i < 14; i++) edits.push((await step(trainer, 1, isStart)).metrics['search/edits']);
    expect(edits).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4]);
    await step(trainer, 1, () => 2);
    expect((await step(trainer, 1, () => 3)).metrics['search/edits']).toBe(1);
    await trainer.dispose();
  });

  it('writes no sentence of more than twice the prompt length', async () => {
    const trainer = await create({ promptLength: 2 });
    // The longer the better.
    const lengths: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { texts } = await step(trainer, 8, (text) => text.split(' ').length);
      lengths.push(...texts.map((text) => text.split(' ').length));
    }
    expect(Math.max(...lengths)).toBe(4);
    await trainer.dispose();
  });

  it('may keep the length of a longer prompt from elsewhere, and takes no empty one', async () => {
    const trainer = await create({ promptLength: 2 });
    expect(await trainer.learnFrom([], 9)).toBe(false);
    const long = [1, 2, 3, 4, 5, 6];
    expect(await trainer.learnFrom(long, 9)).toBe(true);
    expect((await trainer.best()).tokenIds).toEqual(long);
    const { texts } = await step(trainer, 40, () => 0);
    const lengths = texts.map((text) => text.split(' ').length);
    expect(Math.max(...lengths)).toBe(6);
    expect(Math.min(...lengths)).toBe(5);
    await trainer.dispose();
  });

  it('edits its best sentence by the reward that it has where rewards weigh anew', async () => {
    const trainer = await create();
    const [first, second] = [
      [1, 2, 3],
      [4, 5, 6],
    ] as const;
    await trainer.learnFrom(first, 5, { a: 5, b: 1 });
    trainer.reweigh!(({ b = 0 }) => b);
    await trainer.learnFrom(second, 2);
    expect((await trainer.best()).tokenIds).toEqual(second);
    const rollouts = await trainer.propose(10);
    for (const { tokenIds } of rollouts) expect(isOneEdit(second.map(String), tokenIds.map(String))).toBe(true);
    await trainer.dispose();
  });
});
