import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadTaskOptions } from '../../../src/task/assemble/load-task-options.js';
import { loadTask } from '../../../src/task/load/load-task.js';
import { dataFolder, refusalOf } from '../../data/data-folder.js';

const folder = dataFolder();
const options: LoadTaskOptions = { seed: 0, shots: 2 };
const csv = (rows: readonly (readonly string[])[], header = 'text,label') =>
  [header, ...rows.map((row) => row.join(','))].join('\n');
const rows = (labels: readonly string[], each: number, more: readonly string[] = []) =>
  labels.flatMap((label) => Array.from({ length: each }, (_, i) => [`${label} ${more} row ${i}`, label, ...more]));
const sizes = async (reference: string, more: Partial<LoadTaskOptions> = {}) => {
  const { train, dev, test } = (await loadTask(reference, { ...options, ...more })).splits;
  return [train.length, dev.length, test.length];
};

describe('data that is split already', () => {
  const train = folder.write('train.csv', csv(rows(['a', 'b'], 9, ['train']), 'text,label,where'));
  const dev = folder.write('dev.csv', csv(rows(['a', 'b'], 5, ['dev']), 'text,label,where'));
  const test = folder.write(
    'test.jsonl',
    '{"text":"x","label":"a"}\n{"text":"y","label":"b"}\n{"text":"z","label":"b"}\n',
  );

  it('comes in files of its own, each of which may be missing', async () => {
    expect(await sizes(train)).toEqual([4, 4, 10]);
    expect(await sizes(train, { test })).toEqual([4, 4, 3]);
    expect(await sizes(train, { dev })).toEqual([4, 4, 14]);
    expect(await sizes(train, { dev, test })).toEqual([4, 4, 3]);
    const task = await loadTask(train, { ...options, dev, test });
    expect(task.splits.dev.every(({ text }) => text.includes('dev'))).toBe(true);
    expect(task.warnings).toEqual([
      'dev: 4 of 10 rows, up to 2 per label, sampled with the seed (--shots)',
      'train: 4 of 18 rows, up to 2 per label, sampled with the seed (--shots)',
    ]);
  });

  it('lies in a folder without code, under the usual names', async () => {
    const place = path.join(folder.path, 'My Data');
    mkdirSync(place);
    writeFileSync(
      path.join(place, 'train.tsv'),
      rows(['a', 'b'], 9)
        .map((row) => row.join('\t'))
        .join('\n')
        .replace(/^/, 'text\tlabel\n'),
    );
    writeFileSync(path.join(place, 'Validation.csv'), csv(rows(['a', 'b'], 3, ['v']), 'text,label,x'));
    writeFileSync(path.join(place, 'notes.txt'), 'not data');
    expect(await sizes(place)).toEqual([4, 4, 14]);
    expect((await loadTask(place, options)).name).toBe('my-data');
    writeFileSync(path.join(place, 'dev.csv'), 'text,label\nx,a\n');
    const error = await refusalOf(() => loadTask(place, options));
    expect(error).toMatchObject({ code: 'E_DATA_SPLIT_FILES', where: place });
    expect(error.message).toContain('Validation.csv and dev.csv');
  });

  it('has a column that says so', async () => {
    const parts = [
      ...rows(['a', 'b'], 3, ['Train']),
      ...rows(['a', 'b'], 2, ['val']),
      ...rows(['a', 'b'], 4, ['TEST']),
    ];
    const file = folder.write('column.csv', csv(parts, 'text,label,split'));
    expect(await sizes(file)).toEqual([4, 4, 8]);
    expect(await sizes(file, { testOnly: true })).toEqual([6, 4, 8]);
    const other = folder.write('fold.csv', csv(parts, 'text,label,fold'));
    expect(await sizes(other, { splitColumn: 'fold' })).toEqual([4, 4, 8]);
    expect(await sizes(other)).toEqual([4, 4, 10]);
    const odd = folder.write('odd.csv', csv(rows(['a', 'b'], 9, ['left']), 'text,label,split'));
    expect(await sizes(odd)).toEqual([4, 4, 10]);
    expect(await refusalOf(() => loadTask(odd, { ...options, splitColumn: 'split' }))).toMatchObject({
      code: 'E_DATA_SPLIT_COLUMN',
      message: expect.stringContaining('"left"'),
    });
  });

  it('is scored on some of its test rows, the same for the same seed', async () => {
    const file = folder.write('many.csv', csv(rows(['a', 'b'], 60)));
    const load = (seed: number, testSize: number | 'all') => loadTask(file, { ...options, seed, testSize });
    const few = await load(0, 10);
    expect(few.splits.test).toHaveLength(10);
    expect(few.splits.test.map(({ index }) => index)).toEqual([...Array(10).keys()]);
    expect(few.warnings).toEqual(['test: 10 of 112 rows, sampled with the seed (--test-size all scores every row)']);
    expect((await load(0, 10)).digest).toBe(few.digest);
    const drawn = await Promise.all(
      [0, 1].map(async (seed) => (await load(seed, 10)).splits.test.map(({ text }) => text)),
    );
    expect(drawn[0]).not.toEqual(drawn[1]);
    expect((await load(0, 'all')).splits.test).toHaveLength(112);
    expect((await load(0, 112)).warnings).toEqual([]);
  });

  it('counts many rows with their thousands separated', async () => {
    const file = folder.write('thousands.csv', csv(rows(['a', 'b', 'c'], 1200)));
    const { warnings } = await loadTask(file, { ...options, labels: ['a', 'b'], testSize: 1000 });
    expect(warnings).toEqual([
      `1,200 of 3,600 rows of ${file} left out because of their label: "c" 1,200`,
      'test: 1,000 of 2,392 rows, sampled with the seed (--test-size all scores every row)',
    ]);
  });
});

describe('labels of a data file', () => {
  const stars = folder.write('stars.csv', csv(rows(['1', '2', '3', '4', '5'], 8)));

  it('may be kept in part', async () => {
    const task = await loadTask(stars, { ...options, labels: ['1', '5'] });
    expect(task.labels.map(({ name }) => name)).toEqual(['1', '5']);
    expect(task.warnings).toEqual([`24 of 40 rows of ${stars} left out because of their label: "2" 8, "3" 8, "4" 8`]);
    const error = await refusalOf(() => loadTask(stars, { ...options, labels: ['1', '6'] }));
    expect(error).toMatchObject({ code: 'E_DATA_LABELS', exitCode: 65 });
    expect(error.message).toMatch(/"6"; there are "1" 8/);
  });

  it('may be joined by the verbalizer', async () => {
    const verbalizer = { '1|2': 'bad', '4|5': 'good' };
    const task = await loadTask(stars, { ...options, labels: ['1', '2', '4', '5'], verbalizer });
    expect(task.labels).toEqual([
      { name: '1|2', word: 'bad' },
      { name: '4|5', word: 'good' },
    ]);
    expect(task.splits.train.map(({ label }) => label).sort()).toEqual([0, 0, 1, 1]);
    expect(task.splits.test).toHaveLength(24);
    const error = await refusalOf(() => loadTask(stars, { ...options, verbalizer }));
    expect(error).toMatchObject({ code: 'E_TASK_LABEL', message: expect.stringContaining('"3" 8') });
    expect(error.next).toBe('--labels "1,2,4,5" leaves these rows out; or name every label in the verbalizer');
  });

  it('that are a scale of five are said to be one, with what asks for its ends', async () => {
    const { warnings } = await loadTask(stars, options);
    expect(warnings.at(-1)).toContain('--labels 1,2,4,5 --verbalizer "1|2=bad,4|5=good" asks for its two ends');
    const written = folder.write('written.csv', csv(rows(['1.0', '2.0', '3.0', '4.0', '5.0'], 8)));
    expect((await loadTask(written, options)).warnings.at(-1)).toContain('--verbalizer "1.0|2.0=bad,4.0|5.0=good"');
    const four = folder.write('four.csv', csv(rows(['1', '2', '3', '4'], 8)));
    expect((await loadTask(four, options)).warnings).toEqual([]);
  });

  it('with faults of several kinds are refused with all of them', async () => {
    const body = [
      ...rows(['a', 'b'], 8).map((row) => row.join(',')),
      'x,',
      'one,two,three',
      'be\u0007ll,a',
      ',a',
      'four',
    ];
    const file = folder.write('broken.csv', `text,label\n${body.join('\n')}\n`);
    const error = await refusalOf(() => loadTask(file, options));
    expect(error).toMatchObject({ code: 'E_DATA_RAGGED_ROW', where: `${file}:19:1` });
    for (const part of [
      '2 of 21 rows have too few or too many: lines 19, 22',
      `control character U+0007 in the data (${file}:20:3)`,
      '2 of 19 rows lack a value: "label" is empty in 1, "text" in 1; lines 18, 21',
    ])
      expect(error.message).toContain(part);
    for (const flag of ['--skip-bad-rows', '--allow-control', '--on-missing skip']) expect(error.next).toContain(flag);
    const told = { ...options, skipBadRows: true, allowControl: true, onMissing: 'skip' as const };
    expect((await loadTask(file, told)).splits.train.length).toBeGreaterThan(0);
  });

  it('with several lines that are no JSON are refused with all of them', async () => {
    const good = Array.from({ length: 8 }, (_, i) => JSON.stringify({ text: `t ${i}`, label: 'ab'[i % 2] }));
    const file = folder.write('broken.jsonl', ['{', ...good, '{"text":', '', '[1]', '{"a" 1}'].join('\n'));
    const error = await refusalOf(() => loadTask(file, options));
    expect(error).toMatchObject({ code: 'E_DATA_JSON', where: `${file}:1:2` });
    expect(error.message).toBe('the line is not valid JSON; 4 lines cannot be read: lines 1, 10, 12 and 1 more');
  });

  it('that hold a bar are not joined where the whole of it is a value', async () => {
    const file = folder.write('bar.csv', csv(rows(['a|b', 'c'], 8)));
    const task = await loadTask(file, { ...options, verbalizer: { 'a|b': 'x', c: 'y' } });
    expect(task.splits.test.filter(({ label }) => label === 0)).toHaveLength(4);
  });

  it('are named where they differ in case or blanks only', async () => {
    const file = folder.write('case.csv', csv(rows(['Very good', 'verygood', 'bad'], 8)));
    expect((await loadTask(file, options)).warnings).toEqual([
      'the labels "Very good" 8, "verygood" 8 differ in case or blanks only; ' +
        '--verbalizer "Very good|verygood=very good,…" joins them',
    ]);
  });

  it.each([
    ['numbers', Array.from({ length: 90 }, (_, i) => [`row ${i}`, String(i % 30)]), 'a number, 30 different values'],
    [
      'free text',
      Array.from({ length: 90 }, (_, i) => [`row ${i}`, `text ${i % 60}`]),
      'free text, 60 different values',
    ],
  ])('are refused where they are %s', async (name, data, said) => {
    const error = await refusalOf(() => loadTask(folder.write(`${name}.csv`, csv(data)), options));
    expect(error).toMatchObject({ code: 'E_DATA_LABEL_COLUMN', exitCode: 65 });
    expect(error.message).toBe(`the label column "label" looks like ${said}`);
  });

  it('that are missing are counted, and left out when told', async () => {
    const data = [...rows(['a', 'b'], 8), ['x', ''], ['', 'a'], ['y', ' ']];
    const file = folder.write('missing.csv', csv(data));
    const error = await refusalOf(() => loadTask(file, options));
    expect(error).toMatchObject({ code: 'E_DATA_EMPTY_VALUE', where: `${file}:18` });
    expect(error.message).toBe('3 of 19 rows lack a value: "label" is empty in 2, "text" in 1; lines 18, 19, 20');
    const task = await loadTask(file, { ...options, onMissing: 'skip' });
    expect(task.splits.test).toHaveLength(8);
    expect(task.warnings).toEqual([`3 of 19 rows of ${file} left out: "label" is empty in 2, "text" in 1`]);
  });
});

it('flags that only data files have are refused for other tasks', async () => {
  const error = await refusalOf(() =>
    loadTask('spam', { ...options, labels: ['a', 'b'], dev: 'x.csv', onMissing: 'skip' }),
  );
  expect(error).toMatchObject({ code: 'E_TASK_OPTION', exitCode: 64 });
  expect(error.message).toContain('--dev and --labels and --on-missing');
});
