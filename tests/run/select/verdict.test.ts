import { describe, expect, it } from 'vitest';
import { judgeFound } from '../../../src/run/select/verdict.js';
import type { Evaluation } from '../../../src/task/types.js';

/** `right` rewards above 0, then `wrong` below. */
function evaluated(right: number, wrong: number): Evaluation {
  const exampleRewards = Float64Array.from({ length: right + wrong }, (_, i) => (i < right ? 50 : -20));
  return { reward: 0, metrics: {}, exampleRewards };
}

describe('the verdict on what was found', () => {
  const judge = (found: Evaluation, rival: Evaluation, rivalWon = false) =>
    judgeFound({ kind: 'classification', found, rival }, 'It was', { rivalWon });

  it('says yes, no, or that the rows do not tell', () => {
    expect(judge(evaluated(90, 10), evaluated(70, 30))).toMatchObject({ better: 'yes', n: 100, measure: 'accuracy' });
    expect(judge(evaluated(70, 30), evaluated(90, 10))?.better).toBe('no');
    const close = judge(evaluated(80, 20), evaluated(78, 22))!;
    expect(close.better).toBe('cannot-tell');
    expect(close.difference).toBeCloseTo(0.02, 12);
    expect(close.sentence).toMatch(/^Cannot tell with 100 test rows .* It ranks first on dev, so it is recommended\.$/);
  });

  it('says where the baseline is what the run recommends', () => {
    expect(judge(evaluated(5, 5), evaluated(6, 4), true)!.sentence).toMatch(
      /The baseline ranks higher on dev, so it is recommended\.$/,
    );
  });

  it('compares rewards where there are no labels', () => {
    const verdict = judgeFound({ kind: 'custom', found: evaluated(9, 1), rival: evaluated(2, 8) }, '', {
      rivalWon: false,
    });
    expect(verdict).toMatchObject({ measure: 'reward', better: 'yes' });
    expect(verdict!.difference).toBeCloseTo(49, 12);
  });

  it('is left out where single examples have no reward', () => {
    expect(judge({ reward: 1, metrics: {} }, evaluated(1, 1))).toBeUndefined();
  });

  it.each([
    [
      90,
      70,
      'It was',
      false,
      'The found prompt is better than the best-ranked baseline “It was” on 100 test rows (+0.200 accuracy, 95 % interval +0.117 to +0.275).',
    ],
    [
      70,
      90,
      '',
      false,
      'The found prompt is worse than no prompt on 100 test rows (−0.200 accuracy, 95 % interval −0.275 to −0.117).',
    ],
    [
      50,
      50,
      '',
      true,
      'Cannot tell with 100 test rows whether the found prompt is better than no prompt (+0.000 accuracy, 95 % interval −0.019 to +0.019). The baseline ranks higher on dev, so it is recommended.',
    ],
  ])('%i right against %i in words', (found, rival, baseline, rivalWon, sentence) => {
    const verdict = judgeFound(
      { kind: 'classification', found: evaluated(found, 100 - found), rival: evaluated(rival, 100 - rival) },
      baseline,
      { rivalWon },
    );
    expect(verdict?.sentence).toBe(sentence);
    expect(verdict?.baseline).toBe(baseline);
  });

  it('counts a reward of 0 as a wrong answer', () => {
    const none = { reward: 0, metrics: {}, exampleRewards: new Float64Array(2) };
    expect(judge(evaluated(2, 0), none)!.difference).toBe(1);
  });

  it('says no where the interval ends at 0', () => {
    const same = { reward: 0, metrics: {}, exampleRewards: Float64Array.of(3, 3) };
    const verdict = judgeFound({ kind: 'custom', found: same, rival: same }, '', { rivalWon: false });
    expect(verdict).toMatchObject({ better: 'no', difference: 0, interval: [0, 0] });
  });
});
