import { describe, expect, it } from 'vitest';
import { defaultsFor, settleConfig, settleDemos } from '../../src/config/defaults-for.js';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../src/config/run-config.js';
import type { Tokenizer } from '../../src/lm/model/types.js';
import type { Example, Task } from '../../src/task/types.js';

/** `rows` of each label, `words` long, in the train split. */
function taskOf({ labels = 2, rows = 8, words = 5, test = 0, kind = 'classification' as Task['kind'] } = {}) {
  const text = Array.from({ length: words }, () => 'word').join(' ');
  const train = Array.from({ length: labels * rows }, (_, index): Example => {
    return { index, text, label: index % labels, fields: {} };
  });
  const names = Array.from({ length: labels }, (_, i) => ({ name: `label ${i}`, word: `word${i}` }));
  const rest = Array.from({ length: test }, (_, index): Example => ({ index, text, label: 0, fields: {} }));
  return { kind, labels: names, splits: { train, dev: [], test: rest } };
}

const config = (more: Partial<RunConfigInput> = {}) => completeRunConfig({ task: 'reviews.csv', ...more });
const settled = (more: Partial<RunConfigInput>, task = taskOf()) => settleConfig(config(more), task);

describe('how answers are read by default', () => {
  it('is calibrated and by the best words, for classification by a local model', () => {
    expect(settled({})).toMatchObject({ calibrate: 'inputs', labelWords: 'both' });
    expect(defaultsFor(taskOf(), config()).why).toBe('classification');
  });

  it('is by the given words where few rows could find others', () => {
    expect(settled({}, taskOf({ rows: 7 }))).toMatchObject({ calibrate: 'inputs', labelWords: 'given' });
  });

  it('is as the scores are where calibration has no place', () => {
    const raw = { calibrate: 'none', labelWords: 'given' };
    expect(settled({ target: 'openai:model', endpoint: 'http://127.0.0.1:1/v1' })).toMatchObject(raw);
    expect(settled({ racing: true })).toMatchObject(raw);
    expect(settled({ examplesPerStep: 4 })).toMatchObject(raw);
    expect(settled({ inputConditioned: true })).toMatchObject(raw);
    expect(settled({ preset: 'paper' })).toMatchObject(raw);
    expect(settled({}, taskOf({ kind: 'custom' }))).toMatchObject(raw);
  });

  it('is calibrated over the rows that are scored where there are no train rows, but many', () => {
    expect(settled({}, taskOf({ rows: 0, test: 30 }))).toMatchObject({ calibrate: 'batch', labelWords: 'given' });
    expect(settled({}, taskOf({ rows: 0, test: 29 }))).toMatchObject({ calibrate: 'none', labelWords: 'given' });
  });

  it('gives way to what was asked for', () => {
    expect(settled({ calibrate: 'none' })).toMatchObject({ calibrate: 'none', labelWords: 'given' });
    expect(settled({ calibrate: 'none', labelWords: 'found' })).toMatchObject({ labelWords: 'found' });
    expect(settled({ calibrate: 'batch' })).toMatchObject({ calibrate: 'batch', labelWords: 'both' });
    expect(settled({ labelWords: 'given' })).toMatchObject({ calibrate: 'inputs', labelWords: 'given' });
  });
});

describe('rows that are shown by default', () => {
  /** A token per word. */
  const tokenizer = { encode: (text: string) => text.split(' ').map(() => 1) } as unknown as Tokenizer;
  const model = { family: 'causal', tokenizer, contextLength: 1024 } as const;
  const demosOf = (task = taskOf(), more: Partial<RunConfigInput> = {}, target: typeof model = model) =>
    settleDemos(settled(more, task), task, target).demos;

  it('are two per label, unless there are many labels', () => {
    expect([2, 3, 4, 6, 8, 9].map((labels) => demosOf(taskOf({ labels })))).toEqual([4, 6, 8, 12, 16, 0]);
  });

  it('are fewer, or none, where the target LM cannot read them', () => {
    // (4 + 1) × 179 + 128 = 1,023 tokens; with 180 words 1,028, and one per label (2 + 1) × 180 + 128 = 668.
    expect(demosOf(taskOf({ words: 179 }))).toBe(4);
    expect(demosOf(taskOf({ words: 180 }))).toBe(2);
    // (2 + 1) × 298 + 128 = 1,022.
    expect(demosOf(taskOf({ words: 298 }))).toBe(2);
    expect(demosOf(taskOf({ words: 299 }))).toBe(0);
    expect(settleDemos(settled({}), taskOf(), { ...model, family: 'masked' }).demos).toBe(0);
    expect(settleDemos(settled({}), taskOf(), { ...model, tokenizer: undefined }).demos).toBe(0);
  });

  it('are none where scores are raw, rows are few or the model is asked in its chat format', () => {
    expect(demosOf(taskOf(), { calibrate: 'none' })).toBe(0);
    expect(demosOf(taskOf({ rows: 7 }))).toBe(0);
    expect(demosOf(taskOf(), { chat: true })).toBe(0);
  });

  it('are as many as was asked for', () => {
    expect(demosOf(taskOf({ words: 180 }), { demos: 2 })).toBe(2);
    expect(demosOf(taskOf(), { demos: 0 })).toBe(0);
  });
});
