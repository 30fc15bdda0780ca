import { describe, expect, it } from 'vitest';
import { RewardCache } from '../../../src/rewards/cache/reward-cache.js';
import { batchSeed, CustomEvaluator } from '../../../src/rewards/custom/custom-evaluator.js';
import type { RewardRow } from '../../../src/task/define/reward-messages.js';
import type { RewardBatch, Task } from '../../../src/task/types.js';
import { refusalOf } from '../../data/data-folder.js';
import { examplesOf } from '../scripted-scorer.js';
import { byLength, ScriptedReward, task } from './scripted-reward.js';

const { train: TRAIN } = task.splits;
const settings = { seed: 0 };
const itemsOf = (...texts: string[]) => texts.map((text) => ({ text, examples: TRAIN }));

describe('a custom reward as an evaluator', () => {
  it('hands each prompt over once, in one call, and answers in the order of the items', async () => {
    const host = byLength();
    const evaluator = new CustomEvaluator(task, host, new RewardCache({ enabled: true }), settings, 'reward');
    const evaluations = await evaluator.evaluate(itemsOf('xx', 'y', 'xx'));
    expect(evaluations.map(({ reward }) => reward)).toEqual([2, 1, 2]);
    expect(evaluations[0]).toEqual({ reward: 2, metrics: { reward: 2 }, parts: { length: 2 } });
    expect(host.asked).toEqual([{ prompts: ['xx', 'y'], examples: TRAIN, split: 'train' }]);
  });

  it('counts prompts times examples, and what is known as cache hits', async () => {
    const evaluator = new CustomEvaluator(task, byLength(), new RewardCache({ enabled: true }), settings, 'reward');
    await evaluator.evaluate(itemsOf('xx', 'y'));
    await evaluator.evaluate(itemsOf('y', 'zzz'));
    expect(evaluator.counters()).toEqual({ forwards: 9, cacheHits: 3 });
  });

  it('asks again without a cache', async () => {
    const host = byLength();
    const evaluator = new CustomEvaluator(task, host, new RewardCache({ enabled: false }), settings, 'reward');
    await evaluator.evaluate(itemsOf('xx'));
    await evaluator.evaluate(itemsOf('xx'));
    expect(host.asked).toHaveLength(2);
    expect(evaluator.counters()).toEqual({ forwards: 6, cacheHits: 0 });
  });

  it('does not take the reward on some examples for that on others', async () => {
    const host = new ScriptedReward((_, { examples }) => ({ reward: examples.length }));
    const evaluator = new CustomEvaluator(task, host, new RewardCache({ enabled: true }), settings, 'reward');
    const items = [...itemsOf('x'), { text: 'x', examples: TRAIN.slice(0, 2) }];
    expect((await evaluator.evaluate(items)).map(({ reward }) => reward)).toEqual([3, 2]);
    expect(evaluator.counters().forwards).toBe(5);
  });

  it('refuses numbers that no mean can hold, by name', async () => {
    const evaluate = (row: Partial<RewardRow>) => {
      const host = new ScriptedReward(() => row);
      return new CustomEvaluator(task, host, new RewardCache({ enabled: true }), settings, 'reward').evaluate(
        itemsOf('x'),
      );
    };
    const refused = { code: 'E_REWARD_RANGE', exit: 'internal', where: '/tasks/mine.ts' };
    for (const value of [1e300, -1e300]) {
      await expect(evaluate({ reward: value })).rejects.toMatchObject({
        ...refused,
        message: expect.stringMatching(/^the reward of the prompt "x" is -?1e\+300; at most .* can be averaged$/),
        next: expect.stringContaining('rlprompt tasks check'),
      });
    }
    await expect(evaluate({ parts: { length: 1e300 } })).rejects.toThrow('"length" of the prompt "x" is 1e+300');
    await expect(evaluate({ metrics: { speed: 1e300 } })).rejects.toThrow('"speed" of the prompt "x" is 1e+300');
    expect(await evaluate({ reward: 2, metrics: { speed: 3 } })).toEqual([
      { reward: 2, metrics: { speed: 3, reward: 2 } },
    ]);
  });

  it('tells the split of what it hands over: that of its first example', async () => {
    const [dev, test] = [examplesOf(['d'], [0]), examplesOf(['t', 'u'], [0, 1])];
    const host = byLength();
    const split: Task = { ...task, splits: { train: TRAIN, dev, test } };
    const evaluator = new CustomEvaluator(split, host, new RewardCache({ enabled: true }), settings, 'accuracy');
    const given = new ScriptedReward(() => ({ metrics: { accuracy: 1 } }));
    const accurate = new CustomEvaluator(split, given, new RewardCache({ enabled: true }), settings, 'accuracy');
    for (const examples of [TRAIN, dev, test, examplesOf(['nowhere'], [0])]) {
      expect((await accurate.evaluate([{ text: 'x', examples }]))[0]?.metrics).toEqual({ accuracy: 1 });
    }
    expect(given.asked.map((batch) => batch.split)).toEqual(['train', 'dev', 'test', 'test']);
    await expect(evaluator.evaluate(itemsOf('x'))).rejects.toMatchObject({ exit: 'internal' });
  });

  it('knows inputs that differ in a text, a label or a field for different ones', async () => {
    const host = new ScriptedReward((_, { examples }) => ({ reward: Number(examples[0]?.fields.n ?? 0) }));
    const evaluator = new CustomEvaluator(task, host, new RewardCache({ enabled: true }), settings, 'reward');
    const example = { index: 0, text: 'a', label: 0, fields: { n: '1' } };
    const others = [example, { ...example, fields: { n: '2' } }, { ...example, text: 'b' }, { ...example, label: 1 }];
    const items = others.map((one) => ({ text: 'x', examples: [one] }));
    expect((await evaluator.evaluate(items)).map(({ reward }) => reward)).toEqual([1, 2, 1, 1]);
    expect(host.asked).toHaveLength(4);
  });

  it('draws a seed of each batch from the run, the split, the prompts and the examples', () => {
    const batch = { prompts: ['x'], examples: TRAIN, split: 'train' } as const;
    const seeds = [
      batchSeed(0, batch),
      batchSeed(1, batch),
      batchSeed(0, { ...batch, prompts: ['y'] }),
      batchSeed(0, { ...batch, split: 'dev' }),
      batchSeed(0, { ...batch, examples: TRAIN.slice(1) }),
    ];
    expect(new Set(seeds).size).toBe(5);
    expect(batchSeed(0, { ...batch })).toBe(seeds[0]);
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  });

  it('hands on what stops it', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const host = {
      score: async (batch: RewardBatch, { signal }: { signal?: AbortSignal } = {}) => {
        signals.push(signal);
        return batch.prompts.map(() => ({ reward: 1, parts: {}, metrics: {} }));
      },
    };
    const evaluator = new CustomEvaluator(task, host, new RewardCache({ enabled: false }), settings, 'reward');
    const { signal } = new AbortController();
    await evaluator.evaluate(itemsOf('x'), { signal });
    await evaluator.evaluate(itemsOf('x'));
    expect(signals).toEqual([signal, undefined]);
    expect(await evaluator.evaluate([])).toEqual([]);
  });

  it('refuses a prompt without the accuracy that the others had', async () => {
    const host = new ScriptedReward((prompt) => ({ metrics: prompt === 'x' ? { accuracy: 1 } : {} }));
    const evaluator = new CustomEvaluator(task, host, new RewardCache({ enabled: true }), settings, 'accuracy');
    const error = await refusalOf(() => evaluator.evaluate(itemsOf('x', 'y')));
    expect(error.code).toBe('E_PLUGIN_METRIC');
    expect(error.message).toContain('"y"');
  });
});

describe('the memory of custom rewards', () => {
  const log: { key: string; values: Float32Array | Float64Array }[][] = [];
  const used: string[] = [];
  const sink = { append: (records: (typeof log)[0]) => log.push(records), markUsed: (key: string) => used.push(key) };

  it('gives back what was paid for before a stop, unasked and counted as the first time', async () => {
    const first = new CustomEvaluator(task, byLength(), new RewardCache({ enabled: true, sink }), settings, 'reward');
    const before = await first.evaluate(itemsOf('xx', 'y'));
    const host = byLength();
    const cache = new RewardCache({ enabled: true, sink });
    cache.load(log.flat(), 'prepaid');
    const second = new CustomEvaluator(task, host, cache, settings, 'reward');
    expect(await second.evaluate(itemsOf('xx', 'y'))).toEqual(before);
    expect(host.asked).toEqual([]);
    expect(second.counters()).toEqual(first.counters());
    expect(used).toHaveLength(2);
    expect(await second.evaluate(itemsOf('xx'))).toEqual([before[0]]);
    expect(second.counters().cacheHits).toBe(3);
  });

  it('takes what a checkpoint knew for cache hits', async () => {
    const cache = new RewardCache({ enabled: true });
    cache.load(log.flat(), 'cached');
    const evaluator = new CustomEvaluator(task, byLength(), cache, settings, 'reward');
    expect((await evaluator.evaluate(itemsOf('xx')))[0]!.parts).toEqual({ length: 2 });
    expect(evaluator.counters()).toEqual({ forwards: 0, cacheHits: 3 });
  });
});
