import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { generatorContext } from '../../../src/run/prepare/generator-context.js';
import { loadTask } from '../../../src/task/load/load-task.js';

describe('what the generator reads before it writes', () => {
  it('is the text that was given, or nothing', async () => {
    const task = await loadTask('spam', completeRunConfig({ task: 'spam' }));
    expect(generatorContext(undefined, task)).toBeUndefined();
    expect(generatorContext(['Say', 'it.'], task)).toEqual(['Say', 'it.']);
  });

  it('is made from the description, the labels and a few train rows of the task', async () => {
    const task = await loadTask('spam', completeRunConfig({ task: 'spam' }));
    const context = generatorContext(['task'], task)!.join('\n');
    expect(context.startsWith(task.description)).toBe(true);
    for (const { word } of task.labels) expect(context).toContain(word.trim());
    expect(context).toContain(task.splits.train[0]!.text.slice(0, 100));
    expect(task.splits.test.some(({ text }) => context.includes(text.slice(0, 100)))).toBe(false);
  });
});
