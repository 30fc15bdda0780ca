import { expect, it } from 'vitest';
import { likelyAnswers } from '../../../../src/lm/endpoint/answers/likely-answers.js';

const tokens = (row: Readonly<Record<string, number>>) =>
  Object.entries(row).map(([token, p]) => ({ token, logProb: Math.log(p) }));
const ROWS = [
  { Good: 0.4, good: 0.2, '**': 0.1, fi: 0.02, I: 0.01 },
  { Bad: 0.5, good: 0.25, '7': 0.125 },
].map(tokens);

function probabilities(rows: Parameters<typeof likelyAnswers>[0], count: number, isSpaced = false) {
  const { words, logProbs } = likelyAnswers(rows, { count, isSpaced });
  return { words, values: Array.from(logProbs, (value) => Math.round(Math.exp(value) * 1e4) / 1e4) };
}

it('finds the words that answers may begin with, in any case, and the likeliest first', () => {
  const { words, values } = probabilities(ROWS, 3);
  expect(words).toEqual(['good', 'bad', 'fi']);
  // A word that a row does not list has the least that it does.
  expect(values).toEqual([0.6, 0.01, 0.02, 0.25, 0.5, 0.125]);
});

it('keeps as many as it is asked for', () => {
  expect(probabilities(ROWS, 1)).toEqual({ words: ['good'], values: [0.6, 0.25] });
});

it('takes tokens without a space for parts of words where an answer begins with one', () => {
  const rows = [tokens({ ' good': 0.5, Ġbad: 0.2, '▁fair': 0.1, ness: 0.1 })];
  expect(probabilities(rows, 9, true).words).toEqual(['good', 'bad', 'fair']);
});

it('finds nothing where nothing is told', () => {
  expect(probabilities([[], []], 5)).toEqual({ words: [], values: [] });
});
