import { describe, expect, it } from 'vitest';
import { listTasks } from '../../src/task/load/list-tasks.js';
import { loadTask } from '../../src/task/load/load-task.js';
import type { Split, Task } from '../../src/task/types.js';

const SPLITS: readonly Split[] = ['train', 'dev', 'test'];
const load = (name: string) => loadTask(name, { seed: 0, shots: 16 });
const allTexts = (task: Task) => SPLITS.flatMap((split) => task.splits[split].map((example) => example.text));

describe.each([
  ['sentiment', { negative: 'terrible', positive: 'great' }],
  ['topic', { world: 'world', sports: 'sports', business: 'business', technology: 'technology' }],
])('the built-in task %s', (name, verbalizer) => {
  it('has its labels, prompts and a description, and nothing to warn about', async () => {
    const task = await load(name);
    expect(Object.fromEntries(task.labels.map((label) => [label.name, label.word]))).toEqual(verbalizer);
    expect(task).toMatchObject({ name, kind: 'classification', source: 'built-in', template: undefined, warnings: [] });
    expect(task.description).not.toBe('');
    expect(task.manualPrompts).toHaveLength(5);
  });

  it('is balanced: 16 examples a label in train and dev, 60 in test', async () => {
    const task = await load(name);
    for (const split of SPLITS) {
      const counts = task.labels.map((_, index) => task.splits[split].filter(({ label }) => label === index).length);
      expect(counts).toEqual(task.labels.map(() => (split === 'test' ? 60 : 16)));
    }
  });

  it('repeats no sentence, not even with another case or punctuation', async () => {
    const plain = allTexts(await load(name)).map((text) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, ' '));
    expect(new Set(plain).size).toBe(plain.length);
  });

  it('never opens more than a few sentences with the same three words', async () => {
    const counts = new Map<string, number>();
    for (const text of allTexts(await load(name))) {
      const opening = text.toLowerCase().split(' ').slice(0, 3).join(' ');
      counts.set(opening, (counts.get(opening) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(5);
  });

  it('has sentences of 6 to 30 words that do not give the label word away too often', async () => {
    const task = await load(name);
    const words = Object.values(verbalizer);
    const texts = allTexts(task);
    for (const text of texts) {
      expect(text.split(/\s+/).length).toBeGreaterThanOrEqual(6);
      expect(text.split(/\s+/).length).toBeLessThanOrEqual(30);
    }
    const given = texts.filter((text) => words.some((word) => text.toLowerCase().split(/\W+/).includes(word)));
    expect(given.length / texts.length).toBeLessThan(0.03);
  });

  it('is the same whatever the seed', async () => {
    const other = await loadTask(name, { seed: 7, shots: 16 });
    expect(other.digest).toBe((await load(name)).digest);
  });
});

describe('the list of built-in tasks', () => {
  it('shows what each task holds', async () => {
    const tasks = await listTasks();
    expect(tasks.find((task) => task.name === 'topic')).toMatchObject({
      kind: 'classification',
      sizes: { train: 64, dev: 64, test: 240 },
      manualPromptCount: 5,
    });
    expect(tasks.map((task) => task.name)).toEqual([...tasks.map((task) => task.name)].sort());
  });
});
