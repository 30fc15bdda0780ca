import { describe, expect, it } from 'vitest';
import { JudgeMemory } from '../../../src/rewards/judge/judge-memory.js';
import { PaidAnswers } from '../../../src/rewards/judge/paid-answers.js';
import { ScriptedJudge } from './scripted-judge.js';

/** Answers "q5" with 5; what has no number is outside the scale. */
const numbered = (question: string) =>
  /\d/.test(question) ? { probabilities: [Number(/\d+/.exec(question)?.[0])] } : { said: `${question}?` };
const WORDS = ['1', '2', '3'];

function memoryOf(judge = new ScriptedJudge(numbered), paid = new PaidAnswers()) {
  const memory = new JudgeMemory({ name: 'gpt', judge, paid }, WORDS, ([p = 0]) => p);
  return { memory, judge, paid };
}

const questions = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `q${from + i}`);

describe('the memory of a judge', () => {
  it('answers in the order of the questions, asks each once, and counts', async () => {
    const { memory, judge } = memoryOf();
    expect(await memory.ask(['q2', 'q1', 'q2'])).toEqual([2, 1, 2]);
    expect(await memory.ask(['q1', 'q3'])).toEqual([1, 3]);
    expect(judge.calls).toEqual([['q2', 'q1'], ['q3']]);
    expect(judge.words[0]).toBe(WORDS);
    expect(memory.metrics()).toEqual({ 'judge/calls': 3, 'judge/known': 2, 'judge/off-scale': 0, 'judge/too-long': 0 });
  });

  it('puts eight questions first to a judge that was never asked, then all at once', async () => {
    const { memory, judge } = memoryOf();
    await memory.ask(questions(10));
    await memory.ask(questions(20, 50));
    expect(judge.calls.map((call) => call.length)).toEqual([8, 2, 20]);
    const small = memoryOf();
    await small.memory.ask(questions(8));
    expect(small.judge.calls.map((call) => call.length)).toEqual([8]);
    await memoryOf().memory.ask([]);
  });

  it('does not ask what the judge cannot read whole, and counts it once', async () => {
    const judge = new ScriptedJudge(numbered, (question) => question.length < 4);
    const { memory } = memoryOf(judge);
    expect(await memory.ask(['q1', 'q1000'])).toEqual([1, null]);
    expect(await memory.ask(['q1000'])).toEqual([null]);
    expect(judge.calls).toEqual([['q1']]);
    expect(memory.counts).toEqual({ calls: 1, known: 1, offScale: 0, tooLong: 1 });
  });

  it('bears four answers outside the scale; the fifth ends the run with what was said', async () => {
    const { memory } = memoryOf();
    expect(await memory.ask(['a', 'b', 'q1', 'c', 'd'])).toEqual([null, null, 1, null, null]);
    expect(memory.counts).toMatchObject({ calls: 5, offScale: 4 });
    await expect(memory.ask(['x'.repeat(100)])).rejects.toMatchObject({
      code: 'E_JUDGE_SCALE',
      exitCode: 76,
      message:
        'the judge gpt was to answer with a number from 1 to 3; 5 of its 6 answers were something else, ' +
        `the last was "${'x'.repeat(80)}"`,
      where: '--judge',
      kept: 'the run up to its last checkpoint, and every score that was paid for',
      next: 'name another --judge, one that answers with a number or gives log-probabilities',
    });
  });

  it('continues where it was saved, with counts and answers as they were', async () => {
    const { memory } = memoryOf();
    await memory.ask(['q1', 'odd']);
    const saved = memory.save();
    await memory.ask(['q2']);
    const judge = new ScriptedJudge(numbered);
    const resumed = memoryOf(judge).memory;
    await resumed.ask(['q7']);
    resumed.restore(saved);
    expect(resumed.counts).toEqual({ calls: 2, known: 0, offScale: 1, tooLong: 0 });
    expect(await resumed.ask(['q1', 'odd', 'q7'])).toEqual([1, null, 7]);
    // "q7" was paid for, but is not among what was saved: it counts as a call once more.
    expect(resumed.counts).toEqual({ calls: 3, known: 2, offScale: 1, tooLong: 0 });
    expect(judge.calls).toEqual([['q7']]);
    expect(saved.counts).toEqual({ calls: 2, known: 0, offScale: 1, tooLong: 0 });
  });

  it('keeps 10,000 answers; the oldest leave first', async () => {
    const { memory } = memoryOf();
    await memory.ask(questions(10_000));
    await memory.ask(['q0', 'q1']);
    expect(memory.counts.known).toBe(2);
    await memory.ask(['q10000']);
    await memory.ask(['q1', 'q10000']);
    expect(memory.counts.known).toBe(4);
    expect(await memory.ask(['q0'])).toEqual([0]);
    expect(memory.counts).toMatchObject({ known: 4, calls: 10_002 });
  });
});

describe('answers that were paid for', () => {
  it('before a stop are not asked for again and count as calls', async () => {
    const records: { key: string; values: Float64Array }[] = [];
    const appended: number[] = [];
    const log = {
      records,
      append: (rows: readonly { key: string; values: Float64Array }[]) => {
        appended.push(rows.length);
        records.push(...rows);
      },
    };
    const first = memoryOf();
    first.paid.attach(log);
    await first.memory.ask(['q1', 'odd', 'q2']);
    await first.memory.ask(['other']);
    // What was outside the scale is not kept.
    expect(appended).toEqual([2]);
    expect(records.map(({ values }) => [...values])).toEqual([[1], [2]]);
    const again = memoryOf();
    again.paid.attach(log);
    expect(await again.memory.ask(['q2', 'q3', 'q1'])).toEqual([2, 3, 1]);
    expect(again.judge.calls).toEqual([['q3']]);
    expect(again.memory.counts).toEqual({ calls: 3, known: 0, offScale: 0, tooLong: 0 });
    const known = memoryOf();
    known.paid.attach(log);
    expect(await known.memory.ask(['q2', 'q1'])).toEqual([2, 1]);
    expect(known.judge.calls).toEqual([]);
  });
});
