import { describe, expect, it } from 'vitest';
import { defineTask, isDefinedTask } from '../../../src/task/define/define-task.js';
import { taskTemplate } from '../../../src/task/task-template.js';
import type { TaskDefinition } from '../../../src/task/types.js';
import { refusalOf } from '../../data/data-folder.js';

const examples = { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' };
const valid: TaskDefinition = { name: 'mine', kind: 'classification', examples };
const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ text: `t${index}`, label: 'a' }));

describe('defineTask', () => {
  it('gives the definition back, marked as a task', () => {
    const task = defineTask(valid);
    expect(task).toMatchObject(valid);
    expect(isDefinedTask(task)).toBe(true);
    expect(isDefinedTask(valid)).toBe(false);
  });

  it.each<[string, Partial<TaskDefinition>]>([
    ['arrays', { examples: { train: rows(2), dev: rows(1), test: [{ text: 'x', label: 1, fields: { more: 'y' } }] } }],
    ['a function', { examples: () => ({ train: [], dev: [], test: [] }) }],
    ['a template of each family', { template: { causal: '{input} {prompt}:', masked: '{mask} {prompt} {input}' } }],
    ['a reward of its own', { kind: 'custom', reward: () => [1] }],
  ])('takes %s', (_, part) => {
    expect(() => defineTask({ ...valid, ...part })).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the definition is missing'],
    ['no name', { kind: 'classification', examples }, 'name is missing'],
    ['a name with capitals', { ...valid, name: 'My Task' }, 'name: expected lower-case letters, digits and hyphens'],
    ['an unknown kind', { ...valid, kind: 'classify' }, 'kind is not "classification" or "style-transfer" or "custom"'],
    ['a mistyped key', { ...valid, manualPrompt: ['x'] }, 'unknown key manualPrompt (did you mean manualPrompts?)'],
    ['no examples', { name: 'mine', kind: 'classification' }, 'examples: missing'],
    ['a split that is missing', { ...valid, examples: { train: [], dev: [] } }, 'examples.test is missing'],
    ['files and arrays', { ...valid, examples: { train: 'a.csv', dev: [], test: [] } }, 'some splits are file names'],
    ['arrays and a file', { ...valid, examples: { train: [], dev: [], test: 'a.csv' } }, 'some splits are file names'],
    [
      'an empty text',
      { ...valid, examples: { train: [{ text: '' }], dev: [], test: [] } },
      'examples.train.0.text is empty',
    ],
    [
      'a label that is no word',
      { ...valid, examples: { train: [{ text: 'a', label: true }], dev: [], test: [] } },
      'label',
    ],
    ['an empty word', { ...valid, verbalizer: { a: ' ', b: 'x' } }, 'verbalizer.a is empty'],
    ['two labels with one word', { ...valid, verbalizer: { a: 'x', b: ' x' } }, 'a and b have the same word "x"'],
    ['one label', { ...valid, verbalizer: { a: 'x' } }, 'two labels are needed'],
    ['a template without the prompt', { ...valid, template: '{input}' }, 'template: the template lacks {prompt}'],
    ['a masked template without mask', { ...valid, template: { masked: '{input} {prompt}' } }, 'lacks {mask}'],
    ['a custom task without reward', { ...valid, kind: 'custom' }, 'reward: missing'],
    ['a reward where the kind has one', { ...valid, reward: () => [] }, 'reward: kind classification brings its own'],
    ['a reward that is no function', { ...valid, kind: 'custom', reward: 1 }, 'reward: expected a function'],
  ])('refuses %s', async (_, definition, words) => {
    const error = await refusalOf(() => defineTask(definition as TaskDefinition));
    expect(error).toMatchObject({ code: 'E_TASK_DEFINITION', exitCode: 78 });
    expect(error.message).toContain(words);
  });

  it('names all that is wrong at once, and shortens a long list', async () => {
    const bad = { name: 'X', kind: 'none', examples: { train: Array(20).fill({}), dev: [], test: [] } };
    const error = await refusalOf(() => defineTask(bad as unknown as TaskDefinition));
    expect(error.message).toMatch(/name: .*kind is .*examples\.train\.0\.text is missing.*and 15 more in examples/);
  });
});

describe('the template of a task', () => {
  const task = { name: 'mine', template: undefined, templates: { masked: '{mask}: {prompt} {input}' } };

  it('is its own for the family, else the default', () => {
    expect(taskTemplate(task, 'masked').source).toBe('{mask}: {prompt} {input}');
    expect(taskTemplate(task, 'causal').source).toBe('{input} {prompt}');
  });

  it('is the one for every family where that is given, and is refused where it does not fit', async () => {
    const every = { ...task, template: '{input} {prompt}!' };
    expect(taskTemplate(every, 'causal').source).toBe('{input} {prompt}!');
    const error = await refusalOf(() => taskTemplate(every, 'masked'));
    expect(error).toMatchObject({ code: 'E_TEMPLATE_MISSING_SLOT', exitCode: 78 });
    expect(error.where).toContain('task mine');
  });
});
