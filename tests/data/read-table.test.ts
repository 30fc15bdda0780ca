import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadTableOptions, readTable } from '../../src/data/read-table.js';
import { columnIndex, rowFields } from '../../src/data/table.js';
import { dataFolder, refusalOf } from './data-folder.js';

const folder = dataFolder();
const bytes = (...values: (string | number)[]) =>
  Buffer.concat(values.map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.of(value))));

let fileCount = 0;
const file = (content: string | Uint8Array, extension = '.csv') => folder.write(`t${fileCount++}${extension}`, content);
const valuesOf = async (content: string | Uint8Array, extension?: string, options?: ReadTableOptions) =>
  (await readTable(file(content, extension), options)).rows.map((row) => row.values);

describe('data that is refused', () => {
  it.each<[string, string | Uint8Array, string, string, RegExp]>([
    ['an empty file', '', '.csv', 'E_DATA_EMPTY', /csv$/],
    ['a header alone', 'text,label\n', '.csv', 'E_DATA_EMPTY', /csv$/],
    ['an empty JSONL file', '\n\n', '.jsonl', 'E_DATA_EMPTY', /jsonl$/],
    ['a quote that never closes', 'a,b\nx,1\n"y,2\nz,3\n', '.csv', 'E_DATA_QUOTE', /:3:1$/],
    ['a quote closed by a later one', 'a,b\nx,"1\n"y",2\n', '.csv', 'E_DATA_QUOTE', /:2:3$/],
    ['text after a quoted field', 'a,b\nx,"1"2\n', '.csv', 'E_DATA_QUOTE', /:2:3$/],
    ['a stray quote', 'a,b\nx,1\nsay "hi",2\n', '.csv', 'E_DATA_QUOTE', /:3:5$/],
    ['JSON in an unquoted cell', 'a,b\n{"k": 1},2\n', '.csv', 'E_DATA_QUOTE', /:2:2$/],
    ['a quote that swallows the file', `a,b\nx,1\n"${'y\n'.repeat(700_000)}`, '.csv', 'E_DATA_QUOTE', /:3:1$/],
    ['a huge field', `a,b\nx,1\n${'y'.repeat(2_000_000)},2\n`, '.csv', 'E_DATA_RECORD_TOO_LARGE', /:3:1$/],
    ['a huge JSONL line', `{"a":"${'y'.repeat(2_000_000)}"}\n`, '.jsonl', 'E_DATA_RECORD_TOO_LARGE', /:1:1$/],
    ['a NUL', 'a,b\nx\0y,1\n', '.csv', 'E_DATA_CONTROL', /:2:2$/],
    ['an escape character in TSV', 'a\tb\nüx\x1b[2J\t1\n', '.tsv', 'E_DATA_CONTROL', /:2:3$/],
    ['an escaped NUL in JSONL', '{"a":"x"}\n{"a":"x\\u0000y"}\n', '.jsonl', 'E_DATA_CONTROL', /:2 \(a\)$/],
    ['an escaped backspace in JSONL', '{"a":"x"}\n{"a":"x\\by"}\n', '.jsonl', 'E_DATA_CONTROL', /:2 \(a\)$/],
    ['a row with too many values', 'a,b\nx,1\ny,2,3\n', '.csv', 'E_DATA_RAGGED_ROW', /:3:1$/],
    ['rows with too many and too few values', 'a,b\nx,1\ny,2,3\nz\n', '.csv', 'E_DATA_RAGGED_ROW', /:3:1$/],
    ['a row with too few values', 'a\tb\nx\n', '.tsv', 'E_DATA_RAGGED_ROW', /:2:1$/],
    ['a doubled header', 'text,label,text\nx,1,2\n', '.csv', 'E_DATA_DUPLICATE_COLUMN', /:1:1$/],
    ['Latin-1 bytes', bytes('text,label\nna', 0xef, 've,1\n'), '.csv', 'E_DATA_ENCODING', /:2:3$/],
    ['a UTF-8 character cut in two at the end', bytes('a,b\nx,', 0xc3), '.csv', 'E_DATA_ENCODING', /:2:3$/],
    ['an array that is broken', '[\n{"a": 1},\n{"a": }\n]', '.json', 'E_DATA_JSON', /:3:1$/],
    ['an array of arrays', '[\n{"a": 1},\n[2]\n]', '.json', 'E_DATA_JSON', /:3:1$/],
    ['a named separator that is not the one', 'sep=;\na,b\nx,1,2\ny"z,2\n', '.csv', 'E_DATA_QUOTE', /:4:2$/],
    ['broken JSON', '{"a": 1}\n{"a": 1,}\n', '.jsonl', 'E_DATA_JSON', /:2:9$/],
    ['a word without quotes in JSON', '{"a": 1}\n{"a": abc, "b": 1}\n', '.jsonl', 'E_DATA_JSON', /:2:7$/],
    ['JSON cut short', '{"a": 1}\n{"a": "x\n', '.jsonl', 'E_DATA_JSON', /:2:\d+$/],
    ['a JSONL line that is an array', '{"a": 1}\n[1]\n', '.jsonl', 'E_DATA_JSON', /:2:1$/],
    ['another ending', 'x', '.xlsx', 'E_DATA_FORMAT', /xlsx$/],
  ])('%s, by name and place', async (_, content, extension, code, where) => {
    const error = await refusalOf(() => readTable(file(content, extension)));
    expect(error).toMatchObject({ code, exitCode: 65 });
    expect(error.where).toMatch(where);
  });

  it('tells the byte offset of what is not UTF-8, and how to read it', async () => {
    const error = await refusalOf(() => readTable(file(bytes('text,label\nna', 0xef, 've,1\n'))));
    expect(error.message).toContain('byte 0xef at offset 13');
    expect(error.next).toContain('--encoding windows-1252');
  });

  it('finds the first byte that is not UTF-8 wherever it stands', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const intruder = fc.constantFrom(0x80, 0xbf, 0xc0, 0xf5, 0xff);
    await fc.assert(
      fc.asyncProperty(text, intruder, text, async (before, byte, after) => {
        const error = await refusalOf(() => readTable(file(bytes(before, byte, after), '.csv')));
        expect(error.message).toContain(`at offset ${Buffer.byteLength(before)}`);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, () => string, string, number]>([
    ['a missing file', () => path.join(folder.path, 'none.csv'), 'E_DATA_MISSING', 66],
    ['a path through a file', () => path.join(file('a\nx\n'), 'x.csv'), 'E_DATA_MISSING', 66],
    [
      'a folder',
      () => {
        const name = path.join(folder.path, 'folder.csv');
        mkdirSync(name);
        return name;
      },
      'E_DATA_NOT_A_FILE',
      66,
    ],
    [
      'a FIFO',
      () => {
        const name = path.join(folder.path, 'fifo.csv');
        execFileSync('mkfifo', [name]);
        return name;
      },
      'E_DATA_NOT_A_FILE',
      66,
    ],
    [
      'a device behind a link',
      () => {
        const name = path.join(folder.path, 'zero.csv');
        symlinkSync('/dev/zero', name);
        return name;
      },
      'E_DATA_NOT_A_FILE',
      66,
    ],
  ])('%s is not opened', async (_, name, code, exitCode) => {
    expect(await refusalOf(() => readTable(name()))).toMatchObject({ code, exitCode });
  });

  it('a file over the size limit', async () => {
    const error = await refusalOf(() => readTable(file('text\nabc\n'), { maxBytes: 4 }));
    expect(error).toMatchObject({ code: 'E_DATA_TOO_LARGE', exitCode: 65 });
  });

  it('a wrong column is answered with the columns and the nearest one', async () => {
    const table = await readTable(file('sentence,label\nx,1\n'));
    const error = await refusalOf(() => columnIndex(table, 'sentense', '--text-column'));
    expect(error).toMatchObject({ code: 'E_DATA_COLUMN', exitCode: 65, next: 'did you mean --text-column sentence?' });
    expect(error.message).toContain('"sentence", "label"');
  });
});

describe('data that is read', () => {
  it.each<[string, string | Uint8Array, string, string[][]]>([
    ['LF', 'a,b\nx,1\n', '.csv', [['x', '1']]],
    ['CRLF', 'a,b\r\nx,1\r\n', '.csv', [['x', '1']]],
    [
      'CR',
      'a,b\rx,1\ry,2',
      '.csv',
      [
        ['x', '1'],
        ['y', '2'],
      ],
    ],
    ['empty lines', '\na,b\n\nx,1\n\n', '.csv', [['x', '1']]],
    ['semicolons', 'a;b\n"x;y";1\n', '.csv', [['x;y', '1']]],
    ['tabs in a .csv', 'a\tb\nx,y\t1\n', '.csv', [['x,y', '1']]],
    ['commas in a quoted header', '"a,c";b\nx;1\n', '.csv', [['x', '1']]],
    ['doubled quotes', 'a,b\n"say ""hi""",1\n', '.csv', [['say "hi"', '1']]],
    ['line ends inside quotes', 'a,b\n"x\r\ny",1\n', '.csv', [['x\r\ny', '1']]],
    ['quotes in a .tsv as text', 'a\tb\n"x" and "y\t1\n', '.tsv', [['"x" and "y', '1']]],
    ['one column', 'a\nx\n', '.csv', [['x']]],
    ['a separator named in the first line', 'sep=|\r\na|b\r\nx,y;z|1\r\n', '.csv', [['x,y;z', '1']]],
    [
      'a JSON array',
      '[{"a": "x]\\"", "b": 1},\n {"b": {"c": [2]}}]',
      '.json',
      [
        ['x]"', '1'],
        ['', '{"c":[2]}'],
      ],
    ],
    ['JSON lines in a .json', '{"a": 1}\n{"a": 2}\n', '.json', [['1'], ['2']]],
    ['an array in a .jsonl', ' [{"a": 1}]', '.jsonl', [['1']]],
    [
      'JSONL values of every type',
      '{"a":"x","b":1,"c":true,"d":null,"e":[1]}\n',
      '.jsonl',
      [['x', '1', 'true', '', '[1]']],
    ],
    [
      'JSONL with keys that come later',
      '{"a":"x"}\r\n{"b":"y"}\n',
      '.ndjson',
      [
        ['x', ''],
        ['', 'y'],
      ],
    ],
  ])('%s', async (_, content, extension, expected) => {
    expect(await valuesOf(content, extension)).toEqual(expected);
  });

  it('reads UTF-16 with a byte order mark, whatever it was told', async () => {
    const text = 'text;label\nschöne Grüße;gut\n';
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const content of [little, big]) {
      for (const encoding of [undefined, 'auto', 'windows-1252']) {
        expect(await valuesOf(content, '.csv', { encoding })).toEqual([['schöne Grüße', 'gut']]);
      }
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['UTF-16 without a mark', Buffer.from('text,label\nschöne Grüße,1\n', 'utf16le'), 'utf-16le'],
    ['its other byte order', Buffer.from('text,label\nschöne Grüße,1\n', 'utf16le').swap16(), 'utf-16be'],
    ['Windows-1252', Buffer.from('text,label\nschöne Grüße,1\n', 'latin1'), 'windows-1252'],
  ])('guesses %s where it may, and says so', async (_, content, name) => {
    const table = await readTable(file(content), { encoding: 'auto' });
    expect(table.rows.map((row) => row.values)).toEqual([['schöne Grüße', '1']]);
    expect(table.warnings).toEqual([expect.stringContaining(`read as ${name}`)]);
  });

  it.each<[string, Uint8Array]>([
    ['UTF-8 with a damaged character', bytes('text,label\nGrüße na', 0xef, 've,1\n')],
    ['bytes that Windows-1252 leaves open', bytes('text,label\n', 0x81, 0x40, ',1\n')],
    ['NULs here and there', bytes('text,label\n', 0, 0xff, 'xyzuvw,1\n')],
  ])('does not guess for %s', async (_, content) => {
    expect(await refusalOf(() => readTable(file(content), { encoding: 'auto' }))).toMatchObject({
      code: 'E_DATA_ENCODING',
    });
  });

  it('reads any encoding of the standard by its name', async () => {
    const content = Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]); // テスト
    expect(await valuesOf(bytes('text\n', ...content, '\n'), '.csv', { encoding: 'shift_jis' })).toEqual([['テスト']]);
  });

  it('takes a byte-order mark off the first column name', async () => {
    expect((await readTable(file('\ufefftext,label\nx,1\n'))).columns).toEqual(['text', 'label']);
  });

  it('warns once of mixed line ends', async () => {
    const table = await readTable(file('a,b\r\nx,1\ny,2\r\n'));
    expect(table.rows).toHaveLength(2);
    expect(table.warnings).toEqual([expect.stringContaining('mixes CRLF and LF')]);
    expect((await readTable(file('a,b\r\nx,1\r\n'))).warnings).toEqual([]);
  });

  it('counts lines after a named separator and through an array', async () => {
    const table = await readTable(file('sep=;\r\na;b\r\nx;1\r\n'));
    expect(table.rows.map((row) => row.line)).toEqual([3]);
    const array = await readTable(file('[\n {"a": "\\n[",\n  "b": [1, 2]},\n\n {"a": 3}\n]', '.json'));
    expect(array.rows.map((row) => row.line)).toEqual([2, 5]);
  });

  it('counts lines through quoted line ends and empty lines', async () => {
    const table = await readTable(file('a,b\r\n"x\r\ny\nz",1\r\n\r\nq,2\r\n'));
    expect(table.rows.map((row) => row.line)).toEqual([2, 6]);
  });

  it('reads Latin-1 when told, Windows quotes included', async () => {
    const content = bytes('text,label\nna', 0xef, 've ', 0x93, 'x', 0x94, ',1\n');
    expect(await valuesOf(content, '.csv', { encoding: 'latin1' })).toEqual([['naïve “x”', '1']]);
  });

  it('finds the separator below empty lines', async () => {
    const { columns, rows } = await readTable(folder.write('below.csv', '\r\n\ntext;label\nHello, you;a\n'));
    expect(columns).toEqual(['text', 'label']);
    expect(rows).toEqual([{ line: 4, values: ['Hello, you', 'a'] }]);
  });

  it('keeps the objects of JSON as they stand there', async () => {
    const lines = await readTable(folder.write('own.jsonl', ' {"text":"a", "n":1.50}\n\n{"text":null}\n'));
    expect(lines.rows.map(({ json }) => json)).toEqual(['{"text":"a", "n":1.50}', '{"text":null}']);
    const array = await readTable(folder.write('own.json', '[{"text":"a",\n "n":[1]} ,\n{}]'));
    expect(array.rows.map(({ json }) => json)).toEqual(['{"text":"a",\n "n":[1]}', '{}']);
  });

  it('lets control characters through when told', async () => {
    expect(await valuesOf('a,b\nx\0y,1\n', '.csv', { allowControl: true })).toEqual([['x\0y', '1']]);
  });

  it('leaves ragged rows out when told, and counts them', async () => {
    const table = await readTable(file('a,b\nx\ny,2\nz,3,4\n'), { skipBadRows: true });
    expect(table.rows.map((row) => row.values)).toEqual([['y', '2']]);
    expect(table.warnings).toEqual([expect.stringMatching(/^2 of 3 rows/)]);
  });

  it.each(['.csv', '.jsonl'])('treats __proto__ as a column like any other in %s', async (extension) => {
    const content = extension === '.csv' ? 'text,__proto__\nx,evil\n' : '{"text":"x","__proto__":"evil"}\n';
    const table = await readTable(file(content, extension));
    const fields = rowFields(table, table.rows[0]!);
    expect(Object.entries(fields)).toEqual([
      ['text', 'x'],
      ['__proto__', 'evil'],
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('gives the sha256 of the bytes on disk', async () => {
    const content = '\ufeffa,b\nx,1\n';
    expect((await readTable(file(content))).sha256).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it('refuses a field of 50 MB before reading it all', async () => {
    const started = process.cpuUsage();
    const error = await refusalOf(() => readTable(file(`a,b\n${'x'.repeat(50_000_000)},1\n`)));
    expect(error.code).toBe('E_DATA_RECORD_TOO_LARGE');
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(3);
  });

  it('reads back every CSV, TSV and JSONL that it could be given', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll(/[\x00-\x1f\x7f]/g, ''));
    const rows = fc.array(fc.tuple(cell, fc.constantFrom('0', '1', 'a "b", c', 'd\ne', 'f\r\ng')), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), async (table, lineEnd) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = [['text', 'label'], ...table].map((row) => row.map(quote).join(',')).join(lineEnd);
        expect(await valuesOf(csv)).toEqual(table);
        const json = table.map(([text, label]) => JSON.stringify({ text, label })).join(lineEnd);
        expect(await valuesOf(json, '.jsonl')).toEqual(table);
      }),
      { numRuns: 1000 },
    );
  });
});
