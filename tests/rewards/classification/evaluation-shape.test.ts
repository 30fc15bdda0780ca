import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../../src/classifier/classifier.js';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import { ClassificationEvaluator } from '../../../src/rewards/classification/classification-evaluator.js';
import type { Example, Task } from '../../../src/task/types.js';
import { examplesOf, ScriptedScorer, TEMPLATE, taskOf } from '../scripted-scorer.js';

const TRAIN = examplesOf(['aa', 'b'], [0, 1]);

interface Setting {
  readonly calibrate?: Calibration;
  readonly labels?: readonly string[];
  readonly score?: (prompt: string, input: string, label: string) => number;
  readonly splits?: Partial<Task['splits']>;
}

/** By default "yes" scores the length of the input, all else 0. */
function evaluatorOf({ calibrate = 'none', labels = ['no', 'yes'], score, splits }: Setting = {}) {
  const scorer = new ScriptedScorer(score ?? ((_, input, label) => (label === 'yes' ? input.length : 0)));
  const cache = new ScoreCache(scorer, { enabled: true });
  const task = taskOf(TRAIN, labels);
  const settings = { correct: 200, incorrect: 180, calibrate };
  const own = { ...task, splits: { ...task.splits, ...splits } };
  return { scorer, evaluator: new ClassificationEvaluator(own, scorer, cache, TEMPLATE, settings) };
}

const one = async (evaluator: ClassificationEvaluator, examples: readonly Example[], more = {}, options = {}) =>
  (await evaluator.evaluate([{ text: 'p', examples, ...more }], options))[0];

describe('an evaluation', () => {
  it('has no outcomes, offsets or reading where none are asked for', async () => {
    const { evaluator } = evaluatorOf();
    expect(evaluator.metric).toBe('accuracy');
    const evaluation = await one(evaluator, TRAIN);
    expect(Object.keys(evaluation ?? {}).sort()).toEqual([
      'confusion',
      'exampleRewards',
      'margin',
      'metrics',
      'perClass',
      'reward',
    ]);
  });

  it('tells the mean reward of each class, and nothing of a class that has no example', async () => {
    const { evaluator } = evaluatorOf();
    const gap = (x: number): number => Math.tanh(x / 2);
    // "aa" is a "no" and read as "yes" by 2, "b" and "cccc" are "yes" by 1 and 4.
    const rows = examplesOf(['aa', 'b', 'cccc'], [0, 1, 1]);
    const [no, yes, ...more] = (await one(evaluator, rows))?.perClass ?? [];
    expect(more).toEqual([]);
    expect(no).toMatchObject({ label: 'no', n: 1, accuracy: 0 });
    expect(no?.reward).toBeCloseTo(-180 * gap(2), 4);
    expect(yes).toMatchObject({ label: 'yes', n: 2, accuracy: 1 });
    expect(yes?.reward).toBeCloseTo((200 * (gap(1) + gap(4))) / 2, 4);
    expect((await one(evaluator, rows.slice(1)))?.perClass?.map(({ label }) => label)).toEqual(['yes']);
  });

  it('of no examples has an accuracy of 0', async () => {
    expect((await one(evaluatorOf().evaluator, []))?.metrics).toEqual({ accuracy: 0 });
  });

  it('predicts the best of several rivals, the first of equals', async () => {
    const byLabel = (values: Record<string, number>) => (_: string, __: string, label: string) => values[label] ?? 0;
    const predictions = async (values: Record<string, number>, label: number) => {
      const { evaluator } = evaluatorOf({ labels: ['a', 'b', 'c', 'd'], score: byLabel(values) });
      const evaluation = await one(evaluator, examplesOf(['x'], [label]), {}, { details: true });
      return evaluation?.outcomes?.map(({ label: right, predicted }) => [right, predicted]);
    };
    expect(await predictions({ a: 0, b: 1, c: 3, d: 2 }, 0)).toEqual([['a', 'c']]);
    expect(await predictions({ a: 3, b: 1, c: 3, d: 2 }, 1)).toEqual([['b', 'a']]);
    expect(await predictions({ a: 5, b: 5, c: 1, d: 2 }, 0)).toEqual([['a', 'b']]);
    expect(await predictions({ a: 0, b: 1, c: 3, d: 2 }, 2)).toEqual([['c', 'c']]);
  });

  it('counts what was asked for and what was known', async () => {
    const { evaluator } = evaluatorOf();
    await one(evaluator, TRAIN);
    await one(evaluator, TRAIN);
    expect(evaluator.counters()).toEqual({ forwards: 2, cacheHits: 2 });
  });
});

describe('calibration', () => {
  it('by the batch subtracts the mean over the rows that are scored', async () => {
    const { evaluator, scorer } = evaluatorOf({ calibrate: 'batch' });
    const rows = examplesOf(['cccc', 'dd'], [1, 0]);
    const evaluation = await one(evaluator, rows);
    expect(evaluation?.labelOffsets).toEqual([0, 3]);
    expect(evaluation?.metrics.accuracy).toBe(1);
    expect(scorer.asked).toEqual(['p|cccc', 'p|dd']);
  });

  it('by the batch reads test rows by the offsets of the dev rows, which an export has', async () => {
    const dev = examplesOf(['ffffff', 'aa', 'aa'], [1, 0, 0]);
    const test = examplesOf(['ddddddd', 'ccc'], [1, 1]);
    const { evaluator, scorer } = evaluatorOf({ calibrate: 'batch', splits: { dev, test } });
    const onDev = await one(evaluator, dev);
    expect(onDev?.labelOffsets).toEqual([0, 4]);
    const onTest = await one(evaluator, test);
    expect(onTest).toMatchObject({ labelOffsets: [0, 4], metrics: { accuracy: 0.5 } });
    expect(await one(evaluator, test, { offsets: onDev?.labelOffsets })).toEqual(onTest);
    expect(scorer.asked).toEqual(['p|ffffff', 'p|aa', 'p|ddddddd', 'p|ccc']);
    const scoredOnly = evaluatorOf({ calibrate: 'batch', splits: { train: [], dev: [], test } });
    expect((await one(scoredOnly.evaluator, test))?.labelOffsets).toEqual([0, 5]);
    expect((await one(scoredOnly.evaluator, test.slice(1)))?.labelOffsets).toEqual([0, 3]);
  });

  it('by inputs takes those of train, and those of test where there are none', async () => {
    const test = examplesOf(['eeeeee'], [0]);
    const rows = examplesOf(['cccc'], [1]);
    const offsetsOf = async (splits: Partial<Task['splits']>) =>
      (await one(evaluatorOf({ calibrate: 'inputs', splits }).evaluator, rows))?.labelOffsets;
    expect(await offsetsOf({ test })).toEqual([0, 1.5]);
    expect(await offsetsOf({ test, train: [] })).toEqual([0, 6]);
  });

  it('subtracts offsets that are given in place of its own, and asks for no further row', async () => {
    const { evaluator, scorer } = evaluatorOf({ calibrate: 'inputs' });
    const rows = examplesOf(['cccc'], [1]);
    const evaluation = await one(evaluator, rows, { offsets: [0, 5] });
    expect(evaluation).toMatchObject({ labelOffsets: [0, 5], metrics: { accuracy: 0 } });
    expect(scorer.asked).toEqual(['p|cccc']);
    const plain = await one(evaluatorOf().evaluator, rows, { offsets: [0, 1] });
    expect(plain).toMatchObject({ labelOffsets: [0, 1], metrics: { accuracy: 1 } });
  });

  it('keeps the same prompt apart under other offsets', async () => {
    const { evaluator } = evaluatorOf();
    const rows = examplesOf(['cccc'], [1]);
    const evaluations = await evaluator.evaluate(
      [[0, 5], [0, 1], undefined].map((offsets) => ({ text: 'p', examples: rows, ...(offsets ? { offsets } : {}) })),
    );
    expect(evaluations.map(({ metrics }) => metrics.accuracy)).toEqual([0, 1, 1]);
    expect(evaluations.map(({ labelOffsets }) => labelOffsets)).toEqual([[0, 5], [0, 1], undefined]);
  });
});

describe('a reading', () => {
  const words = [
    { label: 'no', words: ['bad'] },
    { label: 'yes', words: ['yes'] },
  ];

  it('is by the words chosen for the run from then on, and the evaluation says so', async () => {
    const { evaluator } = evaluatorOf({ score: (_, __, label) => Number(label === 'no') });
    expect((await one(evaluator, TRAIN))?.reading).toBeUndefined();
    const reading = { words, demonstrations: [] };
    evaluator.readBy(reading);
    expect((await one(evaluator, TRAIN))?.reading).toEqual(reading);
    const other = { words: words.map(({ label }, i) => ({ label, words: words[1 - i]!.words })), demonstrations: [] };
    expect((await one(evaluator, TRAIN, { reading: other }))?.reading).toEqual(other);
    const reversed = { ...reading, words: [...words].reverse() };
    expect((await one(evaluator, TRAIN, { reading: reversed }))?.reading).toEqual(reading);
  });

  it('is behind the stand-ins alone where every row is among the demonstrations', async () => {
    const { evaluator, scorer } = evaluatorOf();
    const demonstrations = TRAIN.map(({ text }) => ({ text, label: 'no', word: 'no' }));
    const reading = { words, demonstrations, standIns: [{ text: 'other', label: 'no', word: 'no' }] };
    expect((await one(evaluator, TRAIN, { reading }))?.exampleRewards).toHaveLength(2);
    expect(scorer.asked).toEqual(['p|aa', 'p|b']);
  });

  it('behind the stand-ins has offsets of its own, also where those behind the demonstrations are given', async () => {
    const demonstrations = [{ text: 'aa', label: 'no', word: 'no' }];
    const reading = { words, demonstrations, standIns: [{ text: 'b', label: 'yes', word: 'yes' }] };
    const rewards = async (setting: Setting, more = {}) =>
      (await one(evaluatorOf(setting).evaluator, TRAIN, { reading, ...more }))?.exampleRewards;
    // "b" is calibrated by itself, and "aa" by itself too: without a gap.
    expect(await rewards({ calibrate: 'inputs' })).toEqual(Float64Array.of(0, 0));
    expect(await rewards({ calibrate: 'inputs' }, { offsets: [0, 1] })).toEqual(Float64Array.of(0, 0));
    const given = [expect.closeTo(-180 * Math.tanh(1 / 2), 4), 0];
    const whereNoneAreMeasured = [{ calibrate: 'none' }, { calibrate: 'inputs', splits: { train: [] } }] as const;
    for (const setting of whereNoneAreMeasured) {
      expect([...((await rewards(setting, { offsets: [0, 1] })) ?? [])]).toEqual(given);
    }
  });

  it('of rows behind themselves is a fault of the program', async () => {
    const { evaluator } = evaluatorOf();
    const reading = { words, demonstrations: [{ text: 'aa', label: 'no', word: 'no' }] };
    await expect(one(evaluator, TRAIN, { reading })).rejects.toMatchObject({
      code: 'E_DEMOS_SCORED',
      exitCode: 70,
      message: '1 rows are among the demonstrations that they would be scored after',
    });
  });
});
