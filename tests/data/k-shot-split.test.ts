import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kShotSplit } from '../../src/data/k-shot-split.js';
import { refusalOf } from './data-folder.js';

const rowsOf = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, index) => ({ text: `${label} text ${index}`, label })),
  );
const countLabels = (rows: readonly { label: string }[]) =>
  Object.fromEntries(['a', 'b', 'c'].map((label) => [label, rows.filter((row) => row.label === label).length]));
const options = { seed: 0, shots: 4, source: 'x.csv' };

describe('a k-shot split', () => {
  it('is balanced, disjoint and complete for every seed and size', () => {
    const count = fc.integer({ min: 9, max: 30 });
    fc.assert(
      fc.property(count, count, count, fc.nat(), fc.integer({ min: 1, max: 4 }), (a, b, c, seed, shots) => {
        const rows = rowsOf({ a, b, c });
        const { splits } = kShotSplit({ train: rows }, { ...options, seed, shots });
        expect(countLabels(splits.train)).toEqual({ a: shots, b: shots, c: shots });
        expect(countLabels(splits.dev)).toEqual({ a: shots, b: shots, c: shots });
        const all = [...splits.train, ...splits.dev, ...splits.test];
        expect(all).toHaveLength(rows.length);
        expect(new Set(all)).toEqual(new Set(rows));
      }),
    );
  });

  it('is the same for the same seed and another for another seed', () => {
    const rows = rowsOf({ a: 40, b: 40 });
    const texts = (seed: number) =>
      kShotSplit({ train: rows }, { ...options, seed }).splits.train.map((row) => row.text);
    expect(texts(3)).toEqual(texts(3));
    expect(new Set([0, 1, 2, 3].map((seed) => texts(seed).join())).size).toBe(4);
  });

  it('holds every label in any stretch as long as there are labels', () => {
    const { train } = kShotSplit({ train: rowsOf({ a: 20, b: 20, c: 20 }) }, options).splits;
    for (let start = 0; start < train.length; start += 3) {
      expect(new Set(train.slice(start, start + 3).map((row) => row.label)).size).toBe(3);
    }
  });

  it('keeps one row of a repeated text, so that no text is in two splits, and says how many went', () => {
    const rows = [...rowsOf({ a: 9, b: 9 }), { text: 'a text 0', label: 'a' }, { text: 'a text 1', label: 'b' }];
    const { splits, warnings } = kShotSplit({ train: rows }, options);
    const texts = [...splits.train, ...splits.dev, ...splits.test].map((row) => row.text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toHaveLength(18);
    expect(warnings).toEqual([expect.stringMatching(/^2 rows of x.csv/), expect.stringMatching(/^1 of them/)]);
  });

  it('draws from splits that the data has, and leaves its test split whole', () => {
    const train = rowsOf({ a: 9, b: 6 });
    const dev = rowsOf({ c: 2, a: 7 }).map((row) => ({ ...row, text: `dev ${row.text}` }));
    const test = [...dev, ...dev];
    const { splits, warnings } = kShotSplit({ train, dev, test }, options);
    expect([countLabels(splits.train), countLabels(splits.dev)]).toEqual([
      { a: 4, b: 4, c: 0 },
      { a: 4, b: 0, c: 2 },
    ]);
    expect(splits.test).toEqual(test);
    expect(warnings).toEqual([
      expect.stringMatching(/^dev: 6 of 9 rows/),
      expect.stringMatching(/^train: 8 of 15 rows/),
    ]);
    const withoutDev = kShotSplit({ train: rowsOf({ a: 9, b: 8 }), test }, options).splits;
    expect([withoutDev.dev.length, withoutDev.test.length]).toEqual([8, test.length]);
    const withoutTest = kShotSplit({ train, dev }, options).splits;
    expect(new Set([...withoutTest.train, ...withoutTest.test])).toEqual(new Set(train));
  });

  it('takes a small train split as it is where dev and test are given', () => {
    const rows = rowsOf({ a: 1, b: 9 });
    expect(kShotSplit({ train: rows, dev: rows, test: rows }, options).splits.train).toHaveLength(5);
  });

  it('says that repeated texts with another label are all there is', async () => {
    const rows = rowsOf({ a: 9 }).flatMap((row) => [row, { ...row, label: 'b' }]);
    const error = await refusalOf(() => kShotSplit({ train: rows }, options));
    expect(error).toMatchObject({ code: 'E_DATA_CONTRADICTION', exitCode: 65 });
    expect(error.message).toMatch(/^9 of 18 rows/);
  });

  it('names the labels with too few rows and the shots that give each split as many', async () => {
    const error = await refusalOf(() => kShotSplit({ train: rowsOf({ a: 8, b: 9, c: 40 }) }, options));
    expect(error).toMatchObject({ code: 'E_DATA_TOO_FEW_ROWS', exitCode: 65, next: 'add rows, or take --shots 2' });
    expect(error.message).toContain('"a" has 8');
    expect(error.message).not.toContain('"b"');
    expect((await refusalOf(() => kShotSplit({ train: rowsOf({ a: 2 }) }, options))).next).toMatch(
      /^add rows, or keep/,
    );
  });
});
