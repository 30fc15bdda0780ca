import { expect, it } from 'vitest';
import { parseCount, parseSeed, parseSize } from '../../../src/cli/options/parse-count.js';
import { parseNotNegative } from '../../../src/cli/options/parse-positive.js';

it.each(['x', '', ' ', '-1', '1.5', '1e99'])('is no seed and no count: %j', (text) => {
  expect(() => parseSeed(text)).toThrow('a whole number from 0');
  expect(() => parseCount(text)).toThrow('a whole number from 1');
});

it('counts begin with 1, seeds with 0', () => {
  expect([parseSeed('0'), parseSeed('7'), parseCount('1')]).toEqual([0, 7, 1]);
  expect(() => parseCount('0')).toThrow('a whole number from 1');
});

it('a strength is a number from 0 on', () => {
  expect([parseNotNegative('0'), parseNotNegative('0.5')]).toEqual([0, 0.5]);
  for (const text of ['', 'x', 'NaN', '-1', '1e999']) {
    expect(() => parseNotNegative(text)).toThrow('a number of at least 0');
  }
});

it('what sizes work or memory has an end', () => {
  expect([parseSize('1'), parseSize('100000')]).toEqual([1, 100_000]);
  for (const text of ['0', '100001', '1e9', 'x', '2.5']) {
    expect(() => parseSize(text)).toThrow('a whole number from 1 to 100000');
  }
});
