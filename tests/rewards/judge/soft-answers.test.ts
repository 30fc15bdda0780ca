import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  downWeighted,
  expectedScore,
  normalisedScore,
  preferenceOf,
  wholeWordProbabilities,
} from '../../../src/rewards/judge/soft-answers.js';
import { softmax } from '../../../src/statistics/softmax.js';

describe('a preference asked for in both orders', () => {
  it('is the mean of p_ab(1) and p_ba(2)', () => {
    // With a first, "1" has 0.8; with b first, "1" has 0.4, so "2", which is a then, has 0.6.
    const preference = preferenceOf(0.8, 0.4);
    expect(preference.p).toBeCloseTo(0.7, 12);
    expect(preference.inconsistency).toBeCloseTo(0.2, 12);
    expect(preference.isSwayed).toBe(false);
    expect(downWeighted(preference)).toBeCloseTo(0.5 + 0.8 * 0.2, 12);
  });

  it('is a tie, and swayed, where the judge always chooses the first place', () => {
    expect(preferenceOf(0.9, 0.9)).toEqual({ p: 0.5, inconsistency: 0.8, isSwayed: true });
    expect(preferenceOf(1, 1)).toEqual({ p: 0.5, inconsistency: 1, isSwayed: true });
  });

  it('is worth nothing where it depends on the order alone', () => {
    expect(downWeighted(preferenceOf(1, 1))).toBe(0.5);
    expect(downWeighted(preferenceOf(1, 0))).toBe(1);
  });

  it('is one minus itself when the texts are swapped', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (whenFirst, whenSecond) => {
        const one = preferenceOf(whenFirst, whenSecond);
        const other = preferenceOf(whenSecond, whenFirst);
        expect(one.p + other.p).toBeCloseTo(1, 12);
        expect(one.inconsistency).toBeCloseTo(other.inconsistency, 12);
      }),
    );
  });
});

describe('a score from 1 to 10', () => {
  it('is the expected value of the answers', () => {
    expect(expectedScore([0, 0, 0, 0, 0, 0, 0.5, 0, 0, 0.5])).toBe(8.5);
    expect(expectedScore(new Array(10).fill(0.1))).toBeCloseTo(5.5, 12);
  });

  it('becomes a number from -1 to 1', () => {
    expect([1, 5.5, 10].map(normalisedScore)).toEqual([-1, 0, 1]);
  });
});

describe('the probability of a word as a whole answer', () => {
  it('is the softmax where no word begins another', () => {
    const logProbs = [Math.log(0.6), Math.log(0.2)];
    expect(wholeWordProbabilities(logProbs, [[1], [2]])[0]).toBeCloseTo(0.75, 12);
    expect(softmax([-1000, -1000])).toEqual([0.5, 0.5]);
  });

  it('does not count what continues to 10 for 1', () => {
    // p(1) = 0.5, of which 0.4 continues with 0; p(7) = 0.1.
    const logProbs = [Math.log(0.5), Math.log(0.1), Math.log(0.4)];
    const probabilities = wholeWordProbabilities(logProbs, [[16], [22], [16, 15]]);
    expect(probabilities[0]).toBeCloseTo(0.1 / 0.6, 12);
    expect(probabilities[1]).toBeCloseTo(0.1 / 0.6, 12);
    expect(probabilities[2]).toBeCloseTo(0.4 / 0.6, 12);
  });
});
