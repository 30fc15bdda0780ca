import { describe, expect, it } from 'vitest';
import type { Completion } from '../../../../src/lm/endpoint/answers/completion-answer.js';
import { wordOfAnswer, wordScores } from '../../../../src/lm/endpoint/answers/word-scores.js';

/** A completion whose places have these probabilities; the first token of each is the written one. */
function completion(...places: Record<string, number>[]): Completion {
  const positions = places.map((place) => {
    const likeliest = Object.entries(place).map(([token, p]) => ({ token, logProb: Math.log(p) }));
    return { ...likeliest[0]!, likeliest };
  });
  return { text: '', isFinished: true, hasThought: false, positions, tokenCount: places.length };
}

function probabilities(answer: Completion, words: readonly string[]): number[] | undefined {
  return wordScores(answer, words)?.logProbs.map((logProb) => Math.round(Math.exp(logProb) * 1e6) / 1e6);
}

const TEN = Array.from({ length: 10 }, (_, i) => String(i + 1));

describe('the score of a word among the likeliest tokens', () => {
  it('adds up the ways in which the word is written', () => {
    const answer = completion({ ' great': 0.5, great: 0.1, Great: 0.05, ' terrible': 0.2 }, { '.': 1 });
    expect(probabilities(answer, ['great', 'terrible'])).toEqual([0.65, 0.2]);
  });

  it('minds the case of letters where the words differ in it only', () => {
    expect(probabilities(completion({ US: 0.5, us: 0.3 }), ['us', 'US'])).toEqual([0.3, 0.5]);
  });

  it('takes the beginning of one word for that word', () => {
    expect(probabilities(completion({ terr: 0.6, gre: 0.3 }), ['great', 'terrible'])).toEqual([0.3, 0.6]);
  });

  it('counts beginnings only where the word itself is no token, and of several the longest', () => {
    const answer = completion({ great: 0.5, g: 0.2, gre: 0.1, t: 0.15, terr: 0.05 });
    expect(probabilities(answer, ['great', 'terrible'])).toEqual([0.5, 0.05]);
  });

  it('gives a word that was not seen the smallest probability that was, and says so', () => {
    const answer = completion({ great: 0.9, The: 0.01 });
    expect(probabilities(answer, ['great', 'terrible'])).toEqual([0.9, 0.01]);
    expect(wordScores(answer, ['great', 'terrible'])!.censored).toBe(1);
  });

  it('has nothing to say where no word was seen', () => {
    expect(wordScores(completion({ The: 0.9, A: 0.1 }), ['great', 'terrible'])).toBeUndefined();
    expect(wordScores(completion(), ['great', 'terrible'])).toBeUndefined();
  });

  it('tells 1 from 10 where 10 is one token', () => {
    const scores = probabilities(completion({ '10': 0.6, '1': 0.3, '9': 0.1 }), TEN)!;
    expect([scores[0], scores[8], scores[9]]).toEqual([0.3, 0.1, 0.6]);
  });

  it('tells 1 from 10 by the second token where 10 is two', () => {
    const scores = probabilities(completion({ '1': 0.5, '7': 0.5 }, { '0': 0.8, '\n': 0.1, '2': 0.1 }), TEN)!;
    // 1 is what is left when 10 and 12 are subtracted.
    expect([scores[0], scores[6], scores[9]]).toEqual([0.05, 0.5, 0.4]);
  });

  it('counts the 1 that was not written for 1', () => {
    const scores = probabilities(completion({ '7': 0.5, '1': 0.4 }, { '.': 1 }), TEN)!;
    expect([scores[0], scores[6]]).toEqual([0.4, 0.5]);
  });

  it('passes over a space that is a token of its own', () => {
    expect(probabilities(completion({ '▁': 1 }, { '1': 0.75, '2': 0.25 }), ['1', '2'])).toEqual([0.75, 0.25]);
  });

  it('passes over marks around the answer, unless a word has them', () => {
    expect(probabilities(completion({ '**': 1 }, { good: 0.7, bad: 0.3 }), ['good', 'bad'])).toEqual([0.7, 0.3]);
    expect(probabilities(completion({ '"good': 0.7, bad: 0.3 }), ['good', 'bad'])).toEqual([0.7, 0.3]);
    expect(probabilities(completion({ '-': 0.6, '+': 0.4 }), ['-', '+'])).toEqual([0.6, 0.4]);
  });

  it('does not take 15 for 1', () => {
    expect(probabilities(completion({ '15': 0.9, '1.': 0.1 }), ['1', '2'])![0]).toBe(0.1);
  });

  it('takes the written token into account where the list lacks it', () => {
    const position = { token: '1', logProb: Math.log(0.4), likeliest: [{ token: '2', logProb: Math.log(0.6) }] };
    const answer = { text: '1', isFinished: true, hasThought: false, positions: [position], tokenCount: 1 };
    expect(probabilities(answer, ['1', '2'])).toEqual([0.4, 0.6]);
  });
});

describe('the word of a written answer', () => {
  it.each([
    ['7', 6],
    [' **10**', 9],
    ['1.', 0],
    ['"2"', 1],
    ['eleven', undefined],
    ['11', undefined],
    ['I would say 7', undefined],
    ['', undefined],
  ])('%j is answer %s of ten', (text, expected) => {
    expect(wordOfAnswer(text, TEN)).toBe(expected);
  });
});
