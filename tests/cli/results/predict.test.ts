import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Classifier } from '../../../src/classifier/classifier.js';
import { chooseFormat, PredictionWriter, readRows } from '../../../src/cli/predict/prediction-format.js';
import { readClassifier } from '../../../src/cli/predict/read-classifier.js';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { parseTable } from '../../../src/data/read-table.js';
import { evaluatePrompts } from '../../../src/evaluate.js';
import { openClassifier } from '../../../src/predict.js';
import { dataFolder, refusalOf } from '../../data/data-folder.js';
import { runInProcess } from '../in-process-cli.js';

const folder = dataFolder();
const classifier: Classifier = {
  prompt: 'It was',
  template: '{input} {prompt}',
  words: [
    { label: '0', words: ['bad'] },
    { label: '1', words: ['good'] },
  ],
  demonstrations: [],
};
const texts = ['A great meal.', 'An awful hotel, and a long text beside it.', 'Fine', 'Never again!'];

async function predict(given: Classifier, some = texts) {
  const open = await openClassifier(given, completeRunConfig({ task: 'rows.csv' }), { texts: some });
  try {
    return { predictions: await open.predict(some), explanation: await open.explain(some[0]!) };
  } finally {
    await open.close();
  }
}

describe('labels of new rows', () => {
  it('have the digits of eval, alone or beside others', async () => {
    const file = folder.write('rows.csv', ['text,label', ...texts.map((text, i) => `"${text}",${i % 2}`)].join('\n'));
    const config = completeRunConfig({ task: file, verbalizer: { 0: 'bad', 1: 'good' } });
    const { results } = await evaluatePrompts(config, { prompts: ['It was'], split: 'test' });
    const expected = results[0]!.evaluation.outcomes!.map(({ probabilities }) => probabilities);
    const { predictions, explanation } = await predict(classifier);
    expect(predictions.map(({ probabilities }) => probabilities)).toEqual(expected);
    expect((await predict(classifier, [texts[2]!])).predictions[0]!.probabilities).toEqual(expected[2]);
    for (const { label, probabilities } of predictions) {
      expect(probabilities[label]).toBe(Math.max(...Object.values(probabilities)));
    }
    expect(explanation).toMatchObject({
      rendered: 'A great meal. It was',
      words: [{ texts: [' bad'] }, { texts: [' good'] }],
      probabilities: expected[0],
    });
  });

  it('are read behind demonstrations, whose texts may be asked about too, and with offsets', async () => {
    const demonstrations = [{ text: texts[0]!, label: '1', word: 'good' }];
    const shown = await predict({ ...classifier, demonstrations });
    expect(shown.explanation.rendered).toBe('A great meal. It was good\n\nA great meal. It was');
    const { predictions } = await predict({ ...classifier, offsets: [0, 50] });
    expect(predictions.map(({ label }) => label)).toEqual(['0', '0', '0', '0']);
  });

  it('come from an export as well', async () => {
    const file = folder.write(
      'best.json',
      JSON.stringify({ classifier, target: 'mail-gpt-4m', digests: { targetLm: 'x' } }),
    );
    const stored = { classifier, settings: { target: 'mail-gpt-4m' }, digest: 'x' };
    expect(await readClassifier(file, 1)).toEqual(stored);
    expect(await readClassifier(folder.path, 1)).toEqual(stored);
    const damaged = JSON.stringify({ classifier: { ...classifier, words: [{ label: '0', words: [7] }] }, target: 'x' });
    writeFileSync(join(folder.path, 'named.json'), JSON.stringify({ classifier, target: 'x', textColumn: 'body' }));
    expect((await readClassifier(join(folder.path, 'named.json'), 1)).settings).toEqual({
      target: 'x',
      textColumn: 'body',
    });
    for (const text of ['not json', '{}', '{"classifier":{},"target":"x"}', damaged]) {
      writeFileSync(join(folder.path, 'other.json'), text);
      const error = await refusalOf(() => readClassifier(join(folder.path, 'other.json'), 1));
      expect(error).toMatchObject({ code: 'E_PREDICT_SOURCE', exitCode: 66 });
    }
    expect(readFileSync(file, 'utf8')).toContain('mail-gpt-4m');
  });

  it('are written behind the columns of their rows', () => {
    const table = parseTable(Buffer.from('text,note\n"a, ""b""",1\nc,\n'), 'x.csv');
    const [one, two] = table.rows;
    const rows = [
      { row: one!, prediction: { label: '1', probabilities: { 0: 0.25, 1: 0.75 } } },
      { row: two!, prediction: undefined },
    ];
    const written = (format: 'csv' | 'tsv' | 'jsonl') => {
      const writer = new PredictionWriter(table, ['0', '1'], format);
      return writer.header() + writer.rows(rows);
    };
    expect(written('csv')).toBe('text,note,predicted,p(0),p(1)\n"a, ""b""",1,1,0.25,0.75\nc,,,,\n');
    expect(written('tsv')).toBe('text\tnote\tpredicted\tp(0)\tp(1)\na, "b"\t1\t1\t0.25\t0.75\nc\t\t\t\t\n');
    expect(
      written('jsonl')
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { text: 'a, "b"', note: '1', predicted: '1', probabilities: { 0: 0.25, 1: 0.75 } },
      { text: 'c', note: '', predicted: null, probabilities: null },
    ]);
  });

  it('leave what came as JSON as it was', () => {
    const text = '[{"text":"a","n": 12345678901234567890, "tags":["x"]},\n{"text":\n"\u202e", "n":null}, {}]';
    const table = parseTable(Buffer.from(text), 'x.json');
    const writer = new PredictionWriter(table, ['0', '1'], 'jsonl');
    const prediction = { label: '1', probabilities: { 0: 0.25, 1: 0.75 } };
    const [one, two, three] = table.rows;
    const rows = [
      { row: one!, prediction },
      { row: two!, prediction },
      { row: three!, prediction: undefined },
    ];
    expect(writer.rows(rows)).toBe(
      '{"text":"a","n": 12345678901234567890, "tags":["x"],"predicted":"1","probabilities":{"0":0.25,"1":0.75}}\n' +
        '{"text": "\\u202e", "n":null,"predicted":"1","probabilities":{"0":0.25,"1":0.75}}\n' +
        '{"predicted":null,"probabilities":null}\n',
    );
  });

  it('take the place of no column', () => {
    const table = parseTable(Buffer.from('text,predicted,p(1),probabilities\na,b,c,d\n'), 'x.csv');
    const refusal = (format: 'csv' | 'tsv' | 'jsonl') =>
      expect.objectContaining({ code: 'E_PREDICT_COLUMN', message: expect.stringContaining(COLUMNS[format]) });
    const COLUMNS = { csv: '"predicted", "p(1)"', tsv: '"predicted", "p(1)"', jsonl: '"predicted", "probabilities"' };
    for (const format of ['csv', 'tsv', 'jsonl'] as const)
      expect(() => new PredictionWriter(table, ['0', '1'], format)).toThrow(refusal(format));
  });

  it('are refused before the model is looked for where they would take such a place, or are to be explained in a file', async () => {
    folder.write('own.jsonl', '{"text":"a","predicted":1}\n');
    folder.write('two.jsonl', '{"text":"a"}\n{"text":""}\n');
    folder.write('nowhere.json', JSON.stringify({ classifier, target: '/nowhere/at-all' }));
    const run = (...args: string[]) => runInProcess(['predict', 'nowhere.json', ...args], { cwd: folder.path });
    for (const [args, message] of [
      [['own.jsonl'], 'E_PREDICT_COLUMN: the rows already have a column "predicted"'],
      [['two.jsonl', '--explain', '3'], 'there are 2 rows, there is no row 3'],
      [['two.jsonl', '--explain', '2'], 'row 2 has no text'],
      [['two.jsonl', '--explain', '1', '--out', 'out.txt'], '--explain shows one row and writes none'],
      [['two.jsonl', '--explain', '1', '--format', 'csv'], '--explain shows one row and writes none'],
      [['two.jsonl'], '/nowhere/at-all'],
    ] as const) {
      const { code, stderr } = await run(...args);
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain(message);
    }
  });

  it('are written as asked for, as the file is called, or as they came', () => {
    expect(chooseFormat('tsv', 'x.csv', '.jsonl')).toBe('tsv');
    expect(chooseFormat(undefined, 'x.csv', '.jsonl')).toBe('csv');
    expect(chooseFormat(undefined, undefined, '.tsv')).toBe('tsv');
    expect(chooseFormat(undefined, undefined, '.json')).toBe('jsonl');
  });

  it('are read from a text per line, quotes and commas and all, from a file or stdin', async () => {
    const lines = 'He said "no", and left\r\n\nAnother, with commas, text\n';
    const values = (rows: Awaited<ReturnType<typeof readRows>>) => rows.table.rows.map((row) => row.values);
    const fromFile = await readRows(folder.write('texts.txt', lines), stdinOf(''), { linesOf: 'review' });
    expect(values(fromFile)).toEqual([['He said "no", and left'], ['Another, with commas, text']]);
    expect(fromFile).toMatchObject({ kind: '.csv', table: { columns: ['review'], rows: [{ line: 1 }, { line: 3 }] } });
    expect(values(await readRows('-', stdinOf(lines), { linesOf: 'review' }))).toEqual(values(fromFile));
    const read = (text: string, linesOf?: string) => refusalOf(() => readRows('-', stdinOf(text), { linesOf }));
    expect(await read('text\nOne, two\n')).toMatchObject({
      where: 'stdin:2:1',
      next: expect.stringContaining('--lines'),
    });
    expect(await read('One line without a header\n')).toMatchObject({ next: expect.stringContaining('--lines') });
    expect(await read(' \n', 'text')).toMatchObject({ code: 'E_DATA_EMPTY' });
    expect(await read('a\x00b', 'text')).toMatchObject({ code: 'E_DATA_CONTROL' });
  });
});

function stdinOf(text: string): NodeJS.ReadStream {
  return new PassThrough().end(text) as unknown as NodeJS.ReadStream;
}
