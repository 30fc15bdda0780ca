import { describe, expect, it } from 'vitest';
import type { JudgedItem } from '../../../src/rewards/judge/judge-method.js';
import type { JudgeAnswer } from '../../../src/rewards/judge/judge-model.js';
import { PaidAnswers } from '../../../src/rewards/judge/paid-answers.js';
import { PairwiseMethod } from '../../../src/rewards/judge/pairwise-method.js';
import { rankByJudge } from '../../../src/rewards/judge/rank-texts.js';
import { ScoreMethod } from '../../../src/rewards/judge/score-method.js';
import { ScriptedJudge } from './scripted-judge.js';

const FRAME = { kind: 'prompt', rubric: 'Be brief.' } as const;
const items = (...texts: string[]): JudgedItem[] => texts.map((text) => ({ place: '', text }));
const placed = (place: string, text: string): JudgedItem => ({ place, text });
const rounded = (values: readonly number[]) => values.map((value) => Math.round(value * 1e6) / 1e6);

/** "text 7" is worth 7; the larger number is better with `p`, the first place with `bias` more. */
const preferring =
  (p: number, bias = 0) =>
  (question: string): JudgeAnswer => {
    const [first = 0, second = 0] = [...question.matchAll(/"text (\d+)/g)].map(([, worth]) => Number(worth));
    const whenFirst = (first > second ? p : 1 - p) + bias;
    return { probabilities: [whenFirst, 1 - whenFirst] };
  };
const unanswered = (): JudgeAnswer => ({ said: 'neither' });

function pairwise(answer: (question: string) => JudgeAnswer, downWeight = false) {
  const judge = new ScriptedJudge(answer);
  const method = new PairwiseMethod({ name: 'gpt', judge, paid: new PaidAnswers() }, FRAME, { downWeight });
  return { judge, method };
}

describe('judging pairs', () => {
  it('compares each text with the best of its place, in both orders', async () => {
    const { judge, method } = pairwise(preferring(0.9));
    const values = await method.judge([placed('a', 'text 2'), placed('b', 'text 9'), placed('a', 'text 5')]);
    expect(rounded(values)).toEqual([0.5, 0.5, 0.9]);
    expect(judge.calls[0]).toHaveLength(2);
    expect(judge.words[0]).toEqual(['1', '2']);
    // "text 5" is now the best of "a", "text 9" still that of "b".
    expect(rounded(await method.judge([placed('a', 'text 2'), placed('b', 'text 10')]))).toEqual([0.1, 0.9]);
    expect(method.metrics()).toMatchObject({ 'judge/best-changes': 2, 'judge/inconsistency': expect.closeTo(0, 9) });
  });

  it('keeps the best text where another only ties, or wins by its place alone', async () => {
    const tie = pairwise(preferring(0.5));
    expect(await tie.method.judge(items('text 1', 'text 2'))).toEqual([0.5, 0.5]);
    expect(tie.method.metrics()['judge/best-changes']).toBe(0);
    const swayed = pairwise(preferring(0.6, 0.3));
    await swayed.method.judge(items('text 1', 'text 2'));
    expect(swayed.method.metrics()).toMatchObject({ 'judge/best-changes': 0, 'judge/swayed': 1 });
  });

  it('takes the most preferred of a call for the best', async () => {
    const by = (question: string): JudgeAnswer => {
      const [first = 0, second = 0] = [...question.matchAll(/"text (\d+)/g)].map(([, worth]) => Number(worth));
      const p = first / (first + second);
      return { probabilities: [p, 1 - p] };
    };
    const { method } = pairwise(by);
    await method.judge(items('text 1', 'text 2', 'text 4', 'text 3'));
    // Against "text 4": 4 / (4 + 4) and 12 / (12 + 4).
    expect(rounded(await method.judge(items('text 4', 'text 12')))).toEqual([0.5, 0.75]);
  });

  it('means inconsistency and sway over the pairs that were answered, and keeps them where none was', async () => {
    const mixed = (question: string): JudgeAnswer =>
      question.includes('text 3') ? preferring(0.6, 0.3)(question) : preferring(0.9)(question);
    const { method } = pairwise(mixed);
    await method.judge(items('text 1', 'text 2', 'text 3'));
    // 0.9 and 1 − 0.7 differ by 0.6 for "text 3", nothing for "text 2".
    expect(method.metrics()['judge/inconsistency']).toBeCloseTo(0.3, 9);
    expect(method.metrics()['judge/swayed']).toBe(0.5);
    await method.judge(items('text 2'));
    expect(method.metrics()['judge/inconsistency']).toBeCloseTo(0.3, 9);
  });

  it('is neutral where there is no answer', async () => {
    const { method } = pairwise(unanswered);
    expect(method.neutral).toBe(0.5);
    expect(await method.judge(items('text 1', 'text 2'))).toEqual([0.5, 0.5]);
    expect(method.metrics()).toMatchObject({ 'judge/off-scale': 2, 'judge/swayed': 0, 'judge/best-changes': 0 });
  });

  it('draws what the order sways toward a tie where it is told to', async () => {
    const plain = pairwise(preferring(0.8, 0.1));
    const careful = pairwise(preferring(0.8, 0.1), true);
    // 0.9 and 1 − 0.3: p = 0.8, inconsistency 0.2.
    expect(rounded(await plain.method.judge(items('text 1', 'text 2')))).toEqual([0.5, 0.8]);
    expect(rounded(await careful.method.judge(items('text 1', 'text 2')))).toEqual([0.5, 0.74]);
  });

  it('continues where it was saved', async () => {
    const { method } = pairwise(preferring(0.6, 0.3));
    await method.judge(items('text 1', 'text 2'));
    const clear = pairwise(preferring(0.9));
    await clear.method.judge(items('text 1', 'text 2'));
    for (const whole of [method, clear.method]) {
      const saved = JSON.parse(JSON.stringify(whole.save()));
      const resumed = pairwise(preferring(0.9));
      await resumed.method.judge([placed('gone', 'text 5')]);
      resumed.method.restore(saved);
      expect(resumed.method.metrics()).toEqual(whole.metrics());
      expect(resumed.method.save()).toEqual(whole.save());
    }
  });
});

describe('judging each text by itself', () => {
  const scoring = (answer: (question: string) => JudgeAnswer) => {
    const judge = new ScriptedJudge(answer);
    return { judge, method: new ScoreMethod({ name: 'gpt', judge, paid: new PaidAnswers() }, FRAME) };
  };
  /** All weight on the number in the text. */
  const worth = (question: string): JudgeAnswer => {
    const score = Number(/"text (\d+)/.exec(question)?.[1]);
    return score === 0
      ? { said: 'zero' }
      : { probabilities: Array.from({ length: 10 }, (_, i) => Number(i + 1 === score)) };
  };

  it('is the score from 1 to 10 on [-1, 1], neutral where there is none', async () => {
    const { judge, method } = scoring(worth);
    expect([method.range, method.neutral]).toEqual([[-1, 1], 0]);
    expect(await method.judge(items('text 1', 'text 0', 'text 10'))).toEqual([-1, 0, 1]);
    expect(judge.words[0]).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    expect(method.metrics()).toMatchObject({ 'judge/score': 5.5, 'judge/off-scale': 1 });
    await method.judge(items('text 0'));
    expect(method.metrics()).toMatchObject({ 'judge/score': 5.5, 'judge/known': 1 });
  });

  it('continues where it was saved', async () => {
    const { method } = scoring(worth);
    expect(method.metrics()['judge/score']).toBe(0);
    await method.judge(items('text 4'));
    const saved = JSON.parse(JSON.stringify(method.save()));
    const resumed = scoring(worth);
    resumed.method.restore(saved);
    expect(resumed.method.metrics()).toEqual(method.metrics());
    await resumed.method.judge(items('text 4'));
    expect(resumed.judge.calls).toEqual([]);
  });
});

describe('the order of texts by a judge', () => {
  it('is by the sum of their winning probabilities, every pair asked in both orders', async () => {
    const judge = new ScriptedJudge(preferring(0.8));
    expect(await rankByJudge(judge, ['text 2', 'text 9', 'text 5'])).toEqual([[1], [2], [0]]);
    expect(judge.calls[0]).toHaveLength(6);
    expect(judge.words[0]).toEqual(['1', '2']);
    const pairs = judge.calls[0]?.map((question) => [...question.matchAll(/"text (\d)"/g)].map(([, n]) => Number(n)));
    expect(pairs).toEqual([
      [2, 9],
      [9, 2],
      [2, 5],
      [5, 2],
      [9, 5],
      [5, 9],
    ]);
  });

  it('has ties where the judge does not answer, or only looks at the place', async () => {
    expect(await rankByJudge(new ScriptedJudge(unanswered), ['text 1', 'text 2'])).toEqual([[0, 1]]);
    expect(await rankByJudge(new ScriptedJudge(preferring(0.5, 0.4)), ['text 1', 'text 2'])).toEqual([[0, 1]]);
    const lame = (question: string): JudgeAnswer =>
      question.includes('text 3') ? unanswered() : preferring(0.8)(question);
    expect(await rankByJudge(new ScriptedJudge(lame), ['text 1', 'text 2', 'text 3'])).toEqual([[1], [2], [0]]);
  });
});
