import { expect, test } from 'vitest';
import { copyFinder, cutText, shingles } from '../../tasks/spam/text.js';

test('a long text is cut between words and a short one stays whole', () => {
  const long = 'some words '.repeat(50).trim();
  const cut = cutText(long);
  expect(cut.length).toBeLessThanOrEqual(230);
  expect(cut.length).toBeGreaterThan(220);
  expect(long.startsWith(`${cut} `)).toBe(true);
  expect(cutText('short')).toBe('short');
});

test('a text that holds a good part of another is its copy, whatever its numbers and punctuation', () => {
  const isCopy = copyFinder(['Buy 1 watch today and get the second for free', 'Something else']);
  expect(isCopy('Hello! BUY 2 WATCH!! today, and get the second for free or less')).toBe(true);
  expect(isCopy('buy watch today and get the')).toBe(false);
  expect(isCopy('for free the second get and today watch Buy')).toBe(false);
});

test('the runs of a text are counted once and a short text has none', () => {
  expect(shingles('Buy 1 watch today and get the second for free').size).toBe(4);
  expect(shingles('a b c d e f a b c d e f').size).toBe(6);
  expect(shingles('too short').size).toBe(0);
});
