import { describe, expect, it } from 'vitest';
import type { LabelScoreRequest } from '../../../src/lm/model/types.js';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import type { ScoreStore } from '../../../src/rewards/cache/score-store.js';
import { ScriptedScorer, TEMPLATE } from '../scripted-scorer.js';

const score = (prompt: string, input: string, label: string): number =>
  prompt.length * 7 + input.length * 3 + label.length / 8;
const labels = new ScriptedScorer(score).resolveLabels(undefined, [
  { label: 'no', word: 'no' },
  { label: 'yes', word: 'yes' },
]);

function request(prompts: string[], inputs: string[]): LabelScoreRequest {
  const rows = prompts.flatMap((_, p) => inputs.map((_, i) => [p, i] as const));
  return { template: TEMPLATE, prompts, inputs, labels, rows, normalise: 'none' };
}

class Sink {
  readonly calls: { key: string; values: Float32Array }[][] = [];
  readonly used: string[] = [];

  append(records: readonly { key: string; values: Float32Array }[]): void {
    this.calls.push([...records]);
  }

  markUsed(key: string): void {
    this.used.push(key);
  }
}

describe('ScoreCache', () => {
  it('asks the model once for each pair of prompt and input', async () => {
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: true });
    const first = await cache.labelScores(request(['a', 'bb'], ['x', 'yy']));
    const second = await cache.labelScores(request(['bb', 'ccc'], ['yy', 'zzz']));
    expect([...first]).toEqual([...(await new ScriptedScorer(score).labelScores(request(['a', 'bb'], ['x', 'yy'])))]);
    expect([...second]).toEqual([
      ...(await new ScriptedScorer(score).labelScores(request(['bb', 'ccc'], ['yy', 'zzz']))),
    ]);
    expect(scorer.asked).toEqual(['a|x', 'a|yy', 'bb|x', 'bb|yy', 'bb|zzz', 'ccc|yy', 'ccc|zzz']);
    expect([cache.forwards, cache.cacheHits]).toEqual([7, 1]);
  });

  it('counts the rows that are done while they are computed, and all of them in the end', async () => {
    const whole = new ScriptedScorer(score);
    const seen: number[] = [];
    const telling = {
      labelScores: async (asked: LabelScoreRequest) => {
        for (let row = 0; row < 3; row++) {
          asked.onDone?.();
          seen.push(cache.done);
        }
        return await whole.labelScores(asked);
      },
    };
    const cache: ScoreCache = new ScoreCache(telling, { enabled: true });
    await cache.labelScores(request(['a', 'bb'], ['x', 'yy']));
    expect(seen).toEqual([1, 2, 3]);
    expect(cache.done).toBe(4);
    await cache.labelScores(request(['a', 'bb'], ['x', 'yy']));
    expect(cache.done).toBe(4);
  });

  it('keeps each row that was paid for alone, and does not ask for it again after a failure', async () => {
    const wanted = request(['a', 'bb'], ['x', 'yy']);
    const whole = new ScriptedScorer(score);
    const failing = {
      labelScores: async (asked: LabelScoreRequest) => {
        const scores = await whole.labelScores(asked);
        for (const row of [2, 0]) asked.onRow?.(row, scores.subarray(row * labels.length, (row + 1) * labels.length));
        throw new Error('cut off');
      },
    };
    const before = new Sink();
    await expect(new ScoreCache(failing, { enabled: true, sink: before }).labelScores(wanted)).rejects.toThrow();
    const scorer = new ScriptedScorer(score);
    const sink = new Sink();
    const cache = new ScoreCache(scorer, { enabled: true, sink });
    cache.load(before.calls.flat(), 'prepaid');
    expect(await cache.labelScores(wanted)).toEqual(await whole.labelScores(wanted));
    expect(scorer.asked).toEqual(['a|yy', 'bb|yy']);
    expect(sink.used).toHaveLength(2);
    expect(cache.forwards).toBe(4);
  });

  it('asks again for everything when it is off', async () => {
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: false });
    await cache.labelScores(request(['a'], ['x']));
    await cache.labelScores(request(['a'], ['x']));
    expect([scorer.asked.length, cache.forwards, cache.cacheHits]).toEqual([2, 2, 0]);
  });

  it('tells requests with other labels apart', async () => {
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: true });
    await cache.labelScores(request(['a'], ['x']));
    await cache.labelScores({ ...request(['a'], ['x']), labels: labels.slice(0, 1) });
    expect(scorer.asked.length).toBe(2);
  });

  it('keeps prompts apart that hold tabs', async () => {
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: true });
    await cache.labelScores(request(['a\tb', 'a'], ['x\ty', 'x']));
    expect(scorer.asked.length).toBe(4);
  });

  it('knows the scores of an earlier part of the run without counting or asking', async () => {
    const sink = new Sink();
    await new ScoreCache(new ScriptedScorer(score), { enabled: true, sink }).labelScores(
      request(['a\tb', 'c'], ['x\ty', 'z']),
    );
    const scorer = new ScriptedScorer(score);
    const resumed = new ScoreCache(scorer, { enabled: true, sink: new Sink() });
    resumed.load(sink.calls.flat(), 'cached');
    const again = await resumed.labelScores(request(['c', 'a\tb'], ['z', 'x\ty']));
    expect([...again]).toEqual([
      ...(await new ScriptedScorer(score).labelScores(request(['c', 'a\tb'], ['z', 'x\ty']))),
    ]);
    expect([scorer.asked.length, resumed.forwards, resumed.cacheHits]).toEqual([0, 0, 4]);
  });

  it('counts prepaid scores as the forwards they were, and runs no model for them', async () => {
    const sink = new Sink();
    await new ScoreCache(new ScriptedScorer(score), { enabled: true, sink }).labelScores(
      request(['a', 'b'], ['x', 'y']),
    );
    const scorer = new ScriptedScorer(score);
    const again = new Sink();
    const resumed = new ScoreCache(scorer, { enabled: true, sink: again });
    resumed.load(sink.calls.flat(), 'prepaid');
    const scores = await resumed.labelScores(request(['a', 'b'], ['x', 'y']));
    expect([...scores]).toEqual([...(await new ScriptedScorer(score).labelScores(request(['a', 'b'], ['x', 'y'])))]);
    expect([scorer.asked.length, resumed.forwards, resumed.cacheHits]).toEqual([0, 4, 0]);
    expect(again.calls).toEqual([]);
    expect(again.used.length).toBe(2);
  });

  it('weighs the words of a label by its set, and keeps sets apart', async () => {
    const words = new ScriptedScorer(score).resolveLabels(undefined, [
      { label: 'no', word: 'no' },
      { label: 'yes', word: 'yes' },
      { label: 'maybe', word: 'maybe' },
    ]);
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: true });
    const sets = [
      { columns: [0, 2], weights: [1, 3] },
      { columns: [1], weights: [2] },
    ];
    const asked = { ...request(['a', 'bb'], ['x']), labels: words };
    const own = [...(await cache.labelScores({ ...asked, sets }))];
    const [ofA, ofB] = ['a', 'bb'].map((prompt) => ['no', 'yes', 'maybe'].map((word) => score(prompt, 'x', word)));
    const expected = [ofA, ofB].flatMap((all) => [((all?.[0] ?? 0) + 3 * (all?.[2] ?? 0)) / 4, all?.[1] ?? 0]);
    expect(own.map((value) => Math.round(value * 1e4))).toEqual(expected.map((value) => Math.round(value * 1e4)));
    await cache.labelScores({ ...asked, sets });
    expect(scorer.asked).toHaveLength(2);
    const others = [sets[0]!, { columns: [1], weights: [5] }];
    await cache.labelScores({ ...asked, sets: others });
    await cache.labelScores(asked);
    expect(scorer.asked).toHaveLength(6);
  });

  it('takes from other runs what they scored, counts it as a forward, and gives them what is new', async () => {
    const put: { prompt: string; input: string; values: number[] }[] = [];
    const known = new Map([['a|x', Float32Array.of(1, 2)]]);
    const asked: unknown[] = [];
    const store = {
      context: (parts: unknown, width: number) => {
        asked.push([parts, width]);
        return {
          get: (prompt: string, input: string) => known.get(`${prompt}|${input}`),
          put: (rows: readonly { prompt: string; input: string; values: Float32Array }[]) => {
            for (const { values, ...texts } of rows) put.push({ ...texts, values: [...values] });
          },
        };
      },
    } as unknown as ScoreStore;
    const scorer = new ScriptedScorer(score);
    const cache = new ScoreCache(scorer, { enabled: true, store });
    const values = [...(await cache.labelScores(request(['a', 'bb'], ['x', 'yy'])))];
    expect(values.slice(0, 2)).toEqual([1, 2]);
    expect(scorer.asked).toEqual(['a|yy', 'bb|x', 'bb|yy']);
    expect([cache.forwards, cache.savedForwards]).toEqual([4, 1]);
    expect(put.map(({ prompt, input }) => `${prompt}|${input}`)).toEqual(['a|yy', 'bb|x', 'bb|yy']);
    expect(put.flatMap((row) => row.values)).toEqual(values.slice(2));
    const [[parts, width]] = asked as [[unknown[], number]];
    expect([parts.slice(1), width]).toEqual([
      [
        [
          [' no', labels[0]?.tokenIds],
          [' yes', labels[1]?.tokenIds],
        ],
        'none',
      ],
      2,
    ]);
    known.set('ccc|x', Float32Array.of(3, 4));
    expect([...(await cache.labelScores(request(['ccc'], ['x'])))]).toEqual([3, 4]);
    expect([scorer.asked.length, cache.savedForwards]).toEqual([3, 2]);
  });

  it('asks for likely answers, which are forwards and are not kept', async () => {
    const answers = { words: ['no'], logProbs: Float32Array.of(-1, -2) };
    const scorer = Object.assign(new ScriptedScorer(score), { answerWords: async () => answers });
    const cache = new ScoreCache(scorer, { enabled: true });
    const { labels: _, normalise: __, ...asked } = request(['a'], ['x', 'yy']);
    expect(await cache.answerWords({ ...asked, count: 1 })).toBe(answers);
    await cache.answerWords({ ...asked, count: 1 });
    expect(cache.forwards).toBe(4);
    const mute = new ScoreCache(new ScriptedScorer(score), { enabled: true });
    await expect(mute.answerWords({ ...asked, count: 1 })).rejects.toMatchObject({
      code: 'E_FOUND_WORDS',
      exit: 'config',
      message: 'the target LM does not tell its likely answers, so no label words can be found',
      where: '--label-words',
      next: '--label-words given',
    });
  });

  it('refuses a row of a prompt or an input that is not there', async () => {
    const cache = new ScoreCache(new ScriptedScorer(score), { enabled: true });
    const wrong = (prompt: number, input: number) =>
      cache.labelScores({ ...request(['a'], ['x']), rows: [[prompt, input]] });
    await expect(wrong(1, 0)).rejects.toThrow('row 0 names prompt 1 and input 0');
    await expect(wrong(0, 2)).rejects.toThrow('row 0 names prompt 0 and input 2');
  });
});
