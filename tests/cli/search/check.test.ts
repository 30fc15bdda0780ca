import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkData } from '../../../src/cli/check/check-data.js';
import { checkText, proposedArguments, proposedCommand, visibleBlanks } from '../../../src/cli/check/check-text.js';
import { resolveRunConfig } from '../../../src/config/resolve-run-config.js';
import { dataFolder, refusalOf } from '../../data/data-folder.js';
import { runInProcess } from '../in-process-cli.js';

const folder = dataFolder();
const check = (task: string, flags: Record<string, unknown> = {}) =>
  checkData(resolveRunConfig({ flags: { task, ...flags } }));
const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('a check of a data file', () => {
  it('finds the columns, and proposes what stars with empty cells need', async () => {
    const body = lines(
      250,
      (i) => `${i},2024,"A ${i % 2 ? 'good' : 'bad'} meal, number ${i}",${i % 50 === 0 ? '' : 1 + (i % 5)}`,
    );
    const file = folder.write('stars.csv', `id,year,review,stars\n${body}`);
    const found = await check(file);
    expect(found).toMatchObject({ textColumn: 'review', labelColumn: 'stars', missing: 5, duplicates: 0 });
    expect(found.proposed).toEqual({
      textColumn: 'review',
      labelColumn: 'stars',
      onMissing: 'skip',
      labels: ['1', '2', '4', '5'],
      verbalizer: { '1|2': 'bad', '4|5': 'good' },
    });
    expect(found.run).toMatchObject({ sizes: { train: 32, dev: 32, test: 131 } });
    expect(found.run!.words.map(({ text }) => text)).toEqual([' bad', ' good']);
    expect(found.run!.lengths).toMatchObject({ contextLength: 256, tooLong: 0 });
    expect(proposedCommand(found, {})).toBe(
      `rlprompt run ${file} --text-column review --label-column stars --on-missing skip --labels 1,2,4,5 ` +
        '--verbalizer "1|2=bad,4|5=good"',
    );
    expect(checkText(found, {})).toContain('5 rows have no text or no label');
    expect(checkText(found, {})).toMatch(
      /^The proposed run has 32 train[\s\S]*rows of .* left out because of their label: "3" /m,
    );
  });

  it('counts rows of joined labels together, whether it joins them or the user', async () => {
    const file = folder.write('few-stars.csv', `text,label\n${lines(100, (i) => `"meal number ${i}",${1 + (i % 5)}`)}`);
    const joined = { labels: ['1', '2', '4', '5'], verbalizer: { '1|2': 'bad', '4|5': 'good' } };
    expect((await check(file)).proposed).toEqual({ ...joined, shots: 13 });
    expect((await check(file, joined)).proposed).toEqual({ shots: 13 });
  });

  it('says what splits share, and which rows repeat or contradict another', async () => {
    const place = path.join(folder.path, 'splits');
    mkdirSync(place);
    const rows = (name: string) => lines(20, (i) => `${name} ${i},${'ab'[i % 2]}`);
    writeFileSync(path.join(place, 'train.csv'), `text,label\n${rows('one')}\none 0,a\none 1,a\n`);
    writeFileSync(path.join(place, 'test.csv'), `text,label\n${rows('two')}\none 3,b\n`);
    const found = await check(place);
    expect(found).toMatchObject({
      rows: { train: 22, test: 21 },
      duplicates: 2,
      contradictions: 1,
      leaks: [{ splits: ['train', 'test'], texts: 1 }],
      proposed: { shots: 5 },
    });
    expect(checkText(found, {})).toContain(
      '2 rows have the text of an earlier row, 1 of them with a different label\n',
    );
    expect(checkText(found, {})).toContain('mail-gpt-4m has a context of 256 tokens, no text is longer');
    expect(checkText(found, {})).toContain('1 text is in train and in test');
  });

  it('proposes to say what long texts lose, and to join labels that look alike', async () => {
    const body = lines(90, (i) => `${'word '.repeat(400)}${i},${['Yes', 'yes', 'no'][i % 3]}`);
    const found = await check(folder.write('long.csv', `text,label\n${body}`), { truncate: 'tail' });
    expect(found.proposed.verbalizer).toEqual({ 'Yes|yes': 'yes', no: 'no' });
    expect(found.run!.lengths!.tooLong).toBe(90);
    const silent = await check(path.join(folder.path, 'long.csv'));
    expect(silent.proposed.truncate).toBe('middle');
  });

  it('shows what is there, and the reason, where no run is possible', async () => {
    const found = await check(folder.write('price.csv', `text,label\n${lines(60, (i) => `item ${i},${i * 1.5}`)}`));
    expect(found.problem).toMatchObject({ code: 'E_DATA_LABEL_COLUMN' });
    expect(checkText(found, {})).not.toContain('Try it');
    expect(found.columns.map(({ distinct }) => distinct)).toEqual([60, 60]);
    expect(await refusalOf(() => check('spam'))).toMatchObject({ code: 'E_USAGE' });
  });

  it('says of a name that stands for nothing that it does, and what is called alike', async () => {
    const file = folder.write('parcels.csv', 'text,label\na,x\n');
    const missing = path.join(folder.path, 'parcel');
    for (const [name, message] of [
      [missing, `no task is called ${missing}, and there is no such file; similar: ${file}`],
      ['topics', 'no task is called topics, and there is no such file; similar: topic'],
      ['no-such-thing', 'no task is called no-such-thing, and there is no such file'],
    ] as const) {
      expect(await refusalOf(() => check(name))).toMatchObject({
        ...{ code: 'E_TASK_NOT_FOUND', message, next: 'rlprompt tasks lists those that are built in' },
      });
    }
  });

  it('breaks its lines between words in a terminal, all but what is copied', async () => {
    const body = lines(60, (i) => `"a long text that goes on and on, number ${i}",${'xy'[i % 2]}`);
    const file = folder.write('wide.csv', `text,label\n${body}\n"a long text that goes on and on, number 1",y`);
    const found = await check(file);
    const text = checkText(found, {}, 60);
    const [shown = '', proposal] = text.split('Try it:\n');
    const long = shown.split('\n').filter((line) => line.length > 60);
    expect(long.filter((line) => !line.includes('·') && line !== `${file}: 61 rows`)).toEqual([]);
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('left out: an earlier row has the same text');
    expect(proposal).toBe(`  ${proposedCommand(found, {})}\n`);
    expect(checkText(found, {})).toMatch(
      /^1 row has the text of an earlier row[\s\S]*note: 1 row of .*wide.csv left out: an earlier/m,
    );
  });

  it('keeps what was typed', async () => {
    const body = lines(60, (i) => `text ${i},${i % 3},${'xy'[i % 2]}`);
    const file = folder.write('typed.csv', `text,label,other\n${body}`);
    const found = await check(file, { labelColumn: 'other' });
    expect(found.labels.map(({ label }) => label)).toEqual(['x', 'y']);
    expect(proposedCommand(found, { labelColumn: 'other' })).toBe(
      `rlprompt run ${file} --label-column other --shots 10`,
    );
  });

  it('proposes what check itself takes in place of run', async () => {
    const plain = lines(120, (i) => `text number ${i},${'ab'[i % 2]}`);
    const stars = lines(200, (i) => `"meal number ${i}",${i % 40 === 0 ? '' : 1 + (i % 5)}`);
    const place = path.join(folder.path, 'files');
    mkdirSync(place);
    for (const split of ['train', 'dev', 'test'])
      writeFileSync(path.join(place, `${split}.csv`), `text,label\n${plain.replaceAll('number', split)}\n`);
    const utf16 = path.join(folder.path, 'utf16.csv');
    writeFileSync(utf16, Buffer.from(`\ufefftext,label\n${plain}\n`, 'utf16le'));
    const kinds: readonly (readonly [file: string, typed: Record<string, unknown>])[] = [
      [folder.write('kind-stars.csv', `review,stars\n${stars}`), {}],
      [folder.write('kind-few.csv', `text,label\n${lines(20, (i) => `t ${i},${'ab'[i % 2]}`)}`), {}],
      [
        folder.write('kind-long.csv', `text,label\n${lines(90, (i) => `${'word '.repeat(400)}${i},${'ab'[i % 2]}`)}`),
        {},
      ],
      [folder.write('kind-case.csv', `text,label\n${lines(90, (i) => `t ${i},${['Yes', 'yes', 'no'][i % 3]}`)}`), {}],
      [folder.write('kind-rows.csv', `text,label\n${plain}\none,two,three\n`), { skipBadRows: true }],
      [folder.write('kind-signs.csv', `text,label\n${plain}\na\u0007b,a\n`), { allowControl: true }],
      [place, { testSize: 'all' }],
      [path.join(place, 'train.csv'), { dev: path.join(place, 'dev.csv'), test: path.join(place, 'test.csv') }],
      [utf16, { encoding: 'utf-16le', manualPrompts: ['It is', 'The letter, then'], seed: 3 }],
    ];
    for (const [file, typed] of kinds) {
      const found = await check(file, typed);
      const [, ...rest] = proposedArguments(found, typed);
      const again = await runInProcess(['check', ...rest]);
      expect([file, again.code, again.stderr]).toEqual([file, 0, '']);
    }
  });
});

it('blanks are made visible', () => {
  expect(visibleBlanks(' a\tb\n')).toBe('·a→b↵');
});
