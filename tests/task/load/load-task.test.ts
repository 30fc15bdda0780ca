import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadTaskOptions } from '../../../src/task/assemble/load-task-options.js';
import { loadTask } from '../../../src/task/load/load-task.js';
import { dataFolder, refusalOf } from '../../data/data-folder.js';

const folder = dataFolder();
const options: LoadTaskOptions = { seed: 0, shots: 2 };
const csv = (rows: readonly (readonly [string, string])[]) =>
  ['text,label', ...rows.map(([text, label]) => `${text},${label}`)].join('\n');
const rows = (labels: readonly string[], each: number) =>
  labels.flatMap((label) => Array.from({ length: each }, (_, index) => [`${label} row ${index}`, label] as const));
const arrays = `{ train: [{ text: 'good', label: 1 }, { text: 'bad', label: 0 }],
  dev: [{ text: 'fine', label: 1 }, { text: 'poor', label: 0 }],
  test: [{ text: 'nice', label: 1 }, { text: 'ugly', label: 0 }] }`;
const definition = (more: string) => `{ name: 'mine', kind: 'classification', examples: ${arrays}, ${more} }`;
const refusal = (reference: string, more: Partial<LoadTaskOptions> = {}) =>
  refusalOf(() => loadTask(reference, { ...options, ...more }));

describe('a data file as a task', () => {
  it('is split by seed and shots', async () => {
    const file = folder.write('My Reviews!.csv', csv(rows(['0', '1', '10', '9'], 8)));
    const task = await loadTask(file, options);
    expect(task).toMatchObject({ name: 'my-reviews', kind: 'classification', source: file, file: undefined });
    expect(task.labels.map((label) => label.name)).toEqual(['0', '1', '9', '10']);
    expect([task.splits.train.length, task.splits.dev.length, task.splits.test.length]).toEqual([8, 8, 16]);
    expect(task.splits.train.map((example) => example.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await loadTask(file, options)).digest).toBe(task.digest);
    expect((await loadTask(file, { ...options, seed: 1 })).digest).not.toBe(task.digest);
  });

  it('puts every row into test when it is only to be scored, repeated rows too', async () => {
    const file = folder.write(
      'all.csv',
      csv([
        ['a', 'x'],
        ['b', 'y'],
        ['a', 'x'],
      ]),
    );
    const { splits, warnings } = await loadTask(file, { ...options, testOnly: true });
    expect(splits.train).toEqual([]);
    expect(splits.test.map((example) => [example.text, example.label])).toEqual([
      ['a', 0],
      ['b', 1],
      ['a', 0],
    ]);
    expect(warnings).toEqual([]);
  });

  it('takes its columns, words, template and prompts from the options', async () => {
    const lines = rows(['0', '1'], 5).map(([text, label]) =>
      JSON.stringify({ id: 7, review: text, stars: Number(label) }),
    );
    const file = folder.write('stars.jsonl', lines.join('\n'));
    const task = await loadTask(file, {
      ...options,
      textColumn: 'review',
      labelColumn: 'stars',
      verbalizer: { 0: 'bad', 1: 'good' },
      template: '{prompt} {input}',
      manualPrompts: ['It was', 'It was'],
    });
    expect(task.labels).toEqual([
      { name: '0', word: 'bad' },
      { name: '1', word: 'good' },
    ]);
    expect(task).toMatchObject({ template: '{prompt} {input}', manualPrompts: ['It was'] });
    expect(task.splits.test[0]!.fields).toMatchObject({ id: '7' });
  });

  it.each<[string, string, Partial<LoadTaskOptions>, string, RegExp]>([
    [
      'a label outside the set',
      csv([...rows(['neg', 'pos'], 6), ['x', 'positive']]),
      { verbalizer: { neg: 'a', pos: 'b' } },
      'E_TASK_LABEL',
      /1 example has .*"positive" 1/,
    ],
    ['one class only', csv(rows(['1'], 9)), {}, 'E_TASK_ONE_CLASS', /classification needs two labels/],
    ['one class of two', csv(rows(['1'], 9)), { verbalizer: { 0: 'a', 1: 'b' } }, 'E_TASK_ONE_CLASS', /label "1"/],
    ['too few rows', csv(rows(['0', '1'], 4)), {}, 'E_DATA_TOO_FEW_ROWS', /"0" has 4/],
    ['an empty text', csv([...rows(['0', '1'], 6), [' ', '1']]), {}, 'E_DATA_EMPTY_VALUE', /"text" is empty/],
    ['an empty label', csv([...rows(['0', '1'], 6), ['x', '']]), {}, 'E_DATA_EMPTY_VALUE', /"label" is empty/],
    ['a wrong column', csv(rows(['0', '1'], 6)), { textColumn: 'txt' }, 'E_DATA_COLUMN', /"text", "label"/],
  ])('is refused with %s', async (name, content, more, code, message) => {
    const error = await refusal(folder.write(`${name}.csv`, content), more);
    expect(error).toMatchObject({ code, exitCode: 65 });
    expect(error.message).toMatch(message);
  });

  it('is not opened for a template or a verbalizer that cannot work', async () => {
    const file = path.join(folder.path, 'none.csv');
    expect(await refusal(file, { template: '{input}' })).toMatchObject({
      code: 'E_TEMPLATE_MISSING_SLOT',
      exitCode: 78,
    });
    const verbalizer = { 0: 'same', 1: 'same' };
    expect(await refusal(file, { verbalizer })).toMatchObject({ code: 'E_VERBALIZER_LABELS', exitCode: 78 });
    expect(await refusal(file)).toMatchObject({ code: 'E_DATA_MISSING', exitCode: 66 });
  });

  it('names both flags where it has neither column', async () => {
    const file = folder.write('stars.csv', 'review,stars\nfine film,5\n');
    const { code, next } = await refusal(file);
    expect({ code, next }).toMatchObject({
      code: 'E_DATA_COLUMN',
      next: expect.stringContaining('--text-column and --label-column'),
    });
  });

  it('says where a row of a mistyped label stands', async () => {
    const file = folder.write('typo.csv', csv([...rows(['neg', 'pos'], 6), ['x', 'pso'], ['y', 'pso']]));
    const error = await refusal(file, { verbalizer: { neg: 'a', pos: 'b' } });
    expect(error).toMatchObject({ where: `${file}:14`, next: 'did you mean "pos"?' });
  });
});

describe('a task file outside this package', () => {
  it.each([
    [
      'task.ts',
      `import { defineTask, type TaskDefinition } from 'rlprompt';\nconst d: TaskDefinition = ${definition('')};\nexport default defineTask(d);`,
    ],
    [
      'task.mts',
      `import { defineTask } from 'rlprompt';\nexport default defineTask(${definition('')} satisfies object);`,
    ],
    ['task.mjs', `import { defineTask } from 'rlprompt';\nexport default defineTask(${definition('')});`],
    ['task.js', `const { defineTask } = require('rlprompt');\nmodule.exports = defineTask(${definition('')});`],
    ['plain.mjs', `export default ${definition('')};`],
  ])('is run as it is: %s', async (name, source) => {
    const file = folder.write(name, source);
    const task = await loadTask(file, options);
    expect(task).toMatchObject({ name: 'mine', file, source: file, normalise: 'none', groupBy: 'batch', warnings: [] });
    expect(task.splits.train.map((example) => example.label)).toEqual([1, 0]);
  });

  it('is found in a folder, beside its data, and may import its neighbours', async () => {
    const home = path.join(folder.path, 'home');
    mkdirSync(home);
    folder.write('home/words.ts', `export const words: Record<string, string> = { neg: 'bad', pos: 'good' };`);
    for (const split of ['train', 'dev', 'test']) {
      folder.write(`home/${split}.tsv`, `review\tmood\n${split} one\tpos\n${split} two\tneg\n`);
    }
    folder.write(
      'home/task.ts',
      `import { defineTask } from 'rlprompt';
       import { words } from './words.js';
       export default defineTask({ name: 'home', kind: 'classification', verbalizer: words, examples: {
         train: 'train.tsv', dev: 'dev.tsv', test: 'test.tsv', textColumn: 'review', labelColumn: 'mood' } });`,
    );
    const task = await loadTask(home, options);
    expect(task).toMatchObject({ file: path.join(home, 'task.ts'), source: home });
    expect(task.splits.dev.map((example) => [example.text, example.label])).toEqual([
      ['dev one', 1],
      ['dev two', 0],
    ]);
    expect((await loadTask(home, { ...options, verbalizer: { neg: 'worst', pos: 'best' } })).labels[1]!.word).toBe(
      'best',
    );
  });

  it('gets seed and shots where its examples are a function', async () => {
    const source = `export default { name: 'mine', kind: 'custom', reward: () => [1], examples: async ({ seed, shots }) => ({
      train: [{ text: 'seed ' + seed }], dev: [{ text: 'shots ' + shots }], test: [{ text: 'x' }] }) };`;
    const task = await loadTask(folder.write('function.mjs', source), { seed: 5, shots: 3 });
    expect(task.splits.train[0]).toEqual({ index: 0, text: 'seed 5', fields: {} });
    expect(task.splits.dev[0]!.text).toBe('shots 3');
    expect(task.labels).toEqual([]);
  });

  it('brings its own reward, whose source is part of the digest', async () => {
    const source = (value: number) =>
      `export default { name: 'mine', kind: 'custom', examples: ${arrays}, reward: ({ prompts }) => prompts.map(() => ${value}) };`;
    const first = await loadTask(folder.write('reward.mjs', source(1)), options);
    const second = await loadTask(folder.write('reward.mjs', source(2)), options);
    expect(second.digest).not.toBe(first.digest);
  });

  it('has a digest of what it holds, not of where it lies', async () => {
    const [one, two] = ['one.mjs', 'two.mjs'].map((name) => folder.write(name, `export default ${definition('')};`));
    const other = folder.write('other.mjs', `export default ${definition("manualPrompts: ['x']")};`);
    const digests = await Promise.all([one, two, other].map(async (file) => (await loadTask(file!, options)).digest));
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it('is warned about texts that stand in two splits, and labels that train lacks', async () => {
    const source = `export default { name: 'mine', kind: 'classification', verbalizer: { a: 'x', b: 'y', c: 'z' }, examples: {
      train: [{ text: '1', label: 'a' }, { text: '2', label: 'b' }],
      dev: [{ text: '1', label: 'a' }, { text: ' 2 ', label: 'b' }],
      test: [{ text: '1', label: 'a' }, { text: '3', label: 'c' }] } };`;
    const { warnings } = await loadTask(folder.write('overlap.mjs', source), options);
    expect(warnings).toEqual([
      expect.stringContaining('2 texts are in train and in dev'),
      expect.stringContaining('1 text is in train and in test'),
      expect.stringContaining('1 text is in dev and in test'),
      'no train example has the label "c"',
    ]);
  });

  it.each<[string, string, string, number, RegExp]>([
    ['a syntax error', 'const x: = 3;', 'E_TASK_FILE', 78, /cannot be loaded: .*Unexpected token/],
    ['an import that is missing', "import 'no-such-package';", 'E_TASK_FILE', 78, /no-such-package/],
    ['a throw', "throw new Error('own mistake');", 'E_TASK_FILE', 78, /own mistake/],
    ['a thrown string', "throw 'own mistake';", 'E_TASK_FILE', 78, /own mistake/],
    ['no export', 'export const x = 1;', 'E_TASK_EXPORT', 78, /exports no task/],
    ['another export', 'export default 7;', 'E_TASK_EXPORT', 78, /exports no task/],
    ['a bad definition', "export default { kind: 'classification' };", 'E_TASK_DEFINITION', 78, /^name is missing;/],
    [
      'a failing function',
      `export default { name: 'a', kind: 'classification', examples() { throw new Error('own mistake'); } };`,
      'E_TASK_EXAMPLES',
      70,
      /own mistake/,
    ],
    [
      'a function without answer',
      `export default { name: 'a', kind: 'classification', examples() {} };`,
      'E_TASK_EXAMPLES',
      70,
      /no arrays/,
    ],
    [
      'no train examples',
      `export default { name: 'a', kind: 'classification', examples: { train: [], dev: [], test: [] } };`,
      'E_DATA_EMPTY',
      65,
      /no train examples/,
    ],
    [
      'an example without label',
      `export default { name: 'a', kind: 'classification', verbalizer: { x: 'x', y: 'y' }, examples: { train: [{ text: 'a' }], dev: [{ text: 'b' }], test: [{ text: 'c' }] } };`,
      'E_TASK_LABEL',
      65,
      /no label/,
    ],
    [
      'a data file that is missing',
      `export default { name: 'a', kind: 'classification', examples: { train: 'x.csv', dev: 'y.csv', test: 'z.csv' } };`,
      'E_DATA_MISSING',
      66,
      /no such data file/,
    ],
  ])('is refused for %s', async (name, source, code, exitCode, message) => {
    const error = await refusal(folder.write(`${name.replaceAll(' ', '-')}.ts`, source));
    expect(error).toMatchObject({ code, exitCode });
    expect(error.message).toMatch(message);
    expect(error.where).toContain(folder.path);
  });

  it.each([
    ['at its top', 'for (;;);', ''],
    ['in its examples', '', 'for (;;);'],
  ])('is ended at the deadline where it loops for ever %s', async (where, top, inExamples) => {
    const source = `${top} export default { name: 'a', kind: 'classification', examples() { ${inExamples} } };`;
    const file = folder.write(`loops ${where}.mjs`, source);
    expect(await refusal(file, { rewardTimeout: 2 })).toMatchObject({
      code: 'E_TASK_FILE',
      exitCode: 78,
      message: 'the task file gave no answer within 2 s and its process was ended',
      where: file,
    });
  });

  it('may end its own process, and not the program', async () => {
    const file = folder.write('leaves.mjs', 'process.exit(0);');
    const message = 'the task file’s process exited with code 0 without an answer';
    expect(await refusal(file)).toMatchObject({ code: 'E_TASK_FILE', exitCode: 78, message, where: file });
  });

  it('names the file when defineTask itself refuses', async () => {
    const file = folder.write(
      'bad.ts',
      `import { defineTask } from 'rlprompt';\nexport default defineTask({ name: 'a' });`,
    );
    expect(await refusal(file)).toMatchObject({ code: 'E_TASK_DEFINITION', where: file });
  });
});

describe('what cannot be found', () => {
  it('is answered with the nearest built-in name and the list', async () => {
    const error = await refusal('sentimnet');
    expect(error).toMatchObject({ code: 'E_TASK_NOT_FOUND', exitCode: 64, next: 'did you mean sentiment?' });
    expect(error.message).toMatch(/built-in are .*sentiment.*topic/);
  });

  it.each(['./sentiment-x', 'x/task.ts', 'task.mjs'])(
    'is a missing file where it looks like a path: %s',
    async (path) => {
      expect(await refusal(path)).toMatchObject({ code: 'E_TASK_NOT_FOUND', exitCode: 66 });
    },
  );

  it('may be a folder without a task, another kind of file, or a device', async () => {
    const empty = path.join(folder.path, 'empty');
    mkdirSync(empty);
    expect(await refusal(empty)).toMatchObject({ code: 'E_TASK_NOT_FOUND', exitCode: 66, where: empty });
    const text = folder.write('notes.txt', 'x');
    expect((await refusal(text)).message).toContain('.csv');
    expect(await refusal('/dev/zero')).toMatchObject({ code: 'E_TASK_NOT_FOUND', exitCode: 66 });
  });

  it('refuses options about data files where there is none', async () => {
    const error = await refusal('sentiment', { textColumn: 'text', encoding: 'latin1' });
    expect(error).toMatchObject({ code: 'E_TASK_OPTION', exitCode: 64 });
    expect(error.message).toContain('--text-column and --encoding');
  });
});
