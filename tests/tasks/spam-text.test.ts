import { expect, test } from 'vitest';
import { cutText, overlap, shingles } from '../../tasks/spam/text.js';

test('a long text is cut between words and a short one stays whole', () => {
  const long = 'some words '.repeat(50).trim();
  const cut = cutText(long);
  expect(cut.length).toBeLessThanOrEqual(230);
  expect(cut.length).toBeGreaterThan(220);
  expect(long.startsWith(`${cut} `)).toBe(true);
  expect(cutText('short')).toBe('short');
});

test('overlap is the share of word runs that come again, whatever their numbers and punctuation', () => {
  const offer = shingles('Buy 1 watch today and get the second for free');
  expect(offer.size).toBe(4);
  expect(overlap(offer, shingles('BUY 2 WATCH!! today, and get the second for free or less'))).toBe(1);
  expect(overlap(offer, shingles('buy watch today and get the'))).toBe(0.25);
  expect(overlap(shingles('too short'), offer)).toBe(0);
});
