import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabelScoreRequest } from '../../../src/lm/model/types.js';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import { measureScores, ScoreStore } from '../../../src/rewards/cache/score-store.js';
import { ScoreTable } from '../../../src/rewards/cache/score-table.js';
import { ScriptedScorer, TEMPLATE } from '../scripted-scorer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const identity = ['digest', 'fp32'];
const open = (limitBytes?: number) =>
  ScoreStore.open(folder, limitBytes === undefined ? { identity } : { identity, limitBytes });
const contextOf = (store: ScoreStore) => store.context(['{input} {prompt}'], 2);
const row = (prompt: string, input: string, ...values: number[]) => ({
  prompt,
  input,
  values: Float32Array.from(values),
});
const segments = () =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => path.endsWith('.scores'));

/** Writes rows as a process of its own does. */
function write(...rows: ReturnType<typeof row>[]): void {
  const store = open();
  contextOf(store).put(rows);
  store.close();
}

describe('ScoreStore', () => {
  it('gives a later process the same bits', () => {
    const values = [-0.1, 1e-40].map(Math.fround);
    write(row('a', 'x', ...values), row('a', 'y', 3, 4));
    const context = contextOf(open());
    expect([...context.get('a', 'x')!]).toEqual(values);
    expect([...context.get('a', 'y')!]).toEqual([3, 4]);
    expect(context.get('b', 'x')).toBeUndefined();
  });

  it('tells apart texts that read the same put together, templates, labels and models', () => {
    write(row('ab', 'c', 1, 2));
    expect(contextOf(open()).get('a', 'bc')).toBeUndefined();
    expect(open().context(['{prompt} {input}'], 2).get('ab', 'c')).toBeUndefined();
    expect(open().context(['{input} {prompt}'], 3).get('ab', 'c')).toBeUndefined();
    const other = ScoreStore.open(folder, { identity: ['digest', 'q4'] });
    expect(contextOf(other).get('ab', 'c')).toBeUndefined();
  });

  it('knows what was whole before a torn or damaged end, at every length', () => {
    write(row('a', 'x', 1, 2));
    const store = open();
    const context = contextOf(store);
    context.put([row('b', 'x', 3, 4), row('c', 'x', 5, 6)]);
    context.put([row('d', 'x', 7, 8)]);
    store.close();
    const path = segments().find((name) => readFileSync(name).length > 60)!;
    const whole = readFileSync(path);
    for (let length = whole.length - 1; length >= 0; length--) {
      truncateSync(path, length);
      const known = contextOf(open());
      expect([...known.get('a', 'x')!]).toEqual([1, 2]);
      expect(known.get('d', 'x')).toBeUndefined();
      expect(known.get('b', 'x') === undefined).toBe(length < 12 + 8 + 2 * 24);
    }
    const flipped = Buffer.from(whole);
    flipped[30]! ^= 4;
    writeFileSync(path, flipped);
    expect(contextOf(open()).get('b', 'x')).toBeUndefined();
    appendFileSync(path, Buffer.alloc(50, 255));
    expect([...contextOf(open()).get('a', 'x')!]).toEqual([1, 2]);
  });

  it('gives up the oldest segments where the disk space is used up', () => {
    for (const [i, name] of ['old', 'middle', 'new'].entries()) write(row(name, 'x', i, i));
    const age: Record<string, number> = { old: 3, middle: 2, new: 1 };
    for (const path of segments()) {
      const known = Object.keys(age).find((name) => readFileSync(path).includes(contextBytes(name)))!;
      utimesSync(path, 1e9 - age[known]!, 1e9 - age[known]!);
    }
    const { bytes } = measureScores(folder);
    const context = contextOf(open(bytes - 1));
    expect(['old', 'middle', 'new'].map((name) => context.get(name, 'x') !== undefined)).toEqual([false, true, true]);
    expect(measureScores(folder)).toEqual({ segments: 2, bytes: (bytes / 3) * 2 });
  });

  it('keeps a thousand segments at most, those written to last', () => {
    write(row('old', 'x', 1, 2));
    for (const path of segments()) utimesSync(path, 1e9, 1e9);
    write(row('new', 'x', 1, 2));
    const model = dirname(segments()[0]!);
    for (let i = 0; i < 998; i++) writeFileSync(join(model, `${i}.scores`), '');
    open();
    expect(measureScores(folder).segments).toBe(1000);
    writeFileSync(join(model, 'one-more.scores'), '');
    expect(contextOf(open()).get('old', 'x')).toBeUndefined();
    expect(measureScores(folder).segments).toBe(1000);
    expect(contextOf(open()).get('new', 'x')).toBeDefined();
  });

  it('reads its own files alone, which nobody else may read', () => {
    write(row('a', 'x', 1, 2));
    const [path] = segments() as [string];
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { bytes } = measureScores(folder);
    renameSync(path, `${path}.bak`);
    writeFileSync(join(folder, 'a.scores'), 'beside the models');
    expect(contextOf(open()).get('a', 'x')).toBeUndefined();
    expect(measureScores(folder)).toEqual({ segments: 0, bytes: 0 });
    expect(bytes).toBe(12 + 8 + 16 + 2 * 4);
    expect(measureScores(join(folder, 'nowhere'))).toEqual({ segments: 0, bytes: 0 });
  });

  it('is one for all who ask for the same template and labels, and writes a row once', () => {
    const store = open();
    expect(contextOf(store)).toBe(contextOf(store));
    expect(store.context(['{input} {prompt}'], 3)).not.toBe(contextOf(store));
    contextOf(store).put([row('a', 'x', 1, 2)]);
    contextOf(store).put([row('a', 'x', 3, 4), row('b', 'x', 5, 6)]);
    expect(contextOf(store).get('a', 'x')).toEqual(Float32Array.of(1, 2));
    store.close();
    // A row that was known is not written again.
    expect(measureScores(folder)).toEqual({ segments: 1, bytes: 12 + 2 * (8 + 24) });
    expect(() => store.close()).not.toThrow();
  });

  it('writes no more than its share, and continues in memory', () => {
    const store = open(4 * 100);
    const context = contextOf(store);
    for (let i = 0; i < 20; i++) context.put([row(`p${i}`, 'x', i, i)]);
    expect(context.get('p19', 'x')).toEqual(Float32Array.of(19, 19));
    expect(measureScores(folder).bytes).toBeLessThanOrEqual(100 + 12);
    expect(contextOf(open()).get('p0', 'x')).toBeDefined();
  });

  it('keeps no numbers that are none', () => {
    write(row('a', 'x', Number.NaN, 1), row('b', 'x', Number.NEGATIVE_INFINITY, 1));
    expect(segments()).toEqual([]);
  });

  it('bears a disk that takes nothing', () => {
    const store = open();
    const context = contextOf(store);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder was');
    context.put([row('a', 'x', 1, 2)]);
    context.put([row('b', 'x', 1, 2)]);
    expect(context.get('b', 'x')).toEqual(Float32Array.of(1, 2));
    store.close();
  });
});

/** The numbers of the row that the eviction test writes under a name. */
function contextBytes(name: string): Buffer {
  const value = ['old', 'middle', 'new'].indexOf(name);
  return Buffer.from(Float32Array.of(value, value).buffer);
}

describe('ScoreTable', () => {
  it('behaves like a map, whatever the keys', () => {
    const key = fc.tuple(fc.nat(3), fc.constantFrom(0, 1024, 2048), fc.nat(2), fc.constant(0));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.float({ noNaN: true })), { maxLength: 60 }), (entries) => {
        const table = new ScoreTable(1);
        const map = new Map<string, number>();
        for (const [words, value] of entries) {
          table.add(Uint32Array.from(words), Float32Array.of(value));
          if (!map.has(words.join())) map.set(words.join(), Math.fround(value));
        }
        expect(table.size).toBe(map.size);
        for (const [words, value] of map) {
          expect(table.get(Uint32Array.from(words.split(',').map(Number)))![0]).toBe(value);
        }
        expect(table.get(Uint32Array.of(9, 9, 9, 9))).toBeUndefined();
      }),
    );
  });

  it('grows', () => {
    const table = new ScoreTable(2);
    const numbers = Array.from({ length: 1500 }, (_, i) => i);
    for (const i of numbers) table.add(Uint32Array.of(i % 7, i, 0, i), Float32Array.of(i, i + 1));
    expect(numbers.map((i) => table.get(Uint32Array.of(i % 7, i, 0, i))?.[1])).toEqual(numbers.map((i) => i + 1));
  });
});

describe('ScoreCache with scores of earlier runs', () => {
  const score = (prompt: string, input: string, label: string) => prompt.length + input.length / 3 + label.length / 7;
  const labels = new ScriptedScorer(score).resolveLabels(undefined, [
    { label: 'no', word: 'no' },
    { label: 'yes', word: 'yes' },
  ]);
  const request = (prompts: string[], inputs: string[]): LabelScoreRequest => {
    const rows = prompts.flatMap((_, p) => inputs.map((_, i) => [p, i] as const));
    return { template: TEMPLATE, prompts, inputs, labels, rows, normalise: 'none' };
  };

  it('counts and answers as without them, and asks the target LM only for what is new', async () => {
    const plain = new ScoreCache(new ScriptedScorer(score), { enabled: true });
    const first = new ScoreCache(new ScriptedScorer(score), { enabled: true, store: open() });
    await first.labelScores(request(['a', 'bb'], ['x', 'yy']));
    const scorer = new ScriptedScorer(score);
    const records: string[] = [];
    const sink = {
      append: (rows: readonly { key: string }[]) => void records.push(...rows.map(({ key }) => key)),
      markUsed: () => {},
    };
    const later = new ScoreCache(scorer, { enabled: true, store: open(), sink });
    for (const texts of [
      ['bb', 'ccc'],
      ['bb', 'a'],
    ]) {
      const [now, before] = [
        await later.labelScores(request(texts, ['yy', 'x'])),
        await plain.labelScores(request(texts, ['yy', 'x'])),
      ];
      expect([...now]).toEqual([...before]);
      expect([later.forwards, later.cacheHits]).toEqual([plain.forwards, plain.cacheHits]);
    }
    expect(scorer.asked).toEqual(['ccc|yy', 'ccc|x']);
    expect(later.savedForwards).toBe(4);
    // What was taken from the store is in the run's own log too: a resumed run knows it as this one does.
    expect(records.filter((key) => key.startsWith('b\t')).length).toBe(3);
  });

  it('asks again where labels or normalisation differ', async () => {
    await new ScoreCache(new ScriptedScorer(score), { enabled: true, store: open() }).labelScores(
      request(['a'], ['x']),
    );
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: true, store: open() });
    await cache.labelScores({ ...request(['a'], ['x']), normalise: 'word' });
    await cache.labelScores({ ...request(['a'], ['x']), labels: [...labels].reverse() });
    expect([scorer.asked.length, cache.savedForwards]).toEqual([2, 0]);
  });
});
