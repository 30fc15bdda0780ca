import { expect, it } from 'vitest';
import { parseCount, parseSeed, parseSize } from '../../../src/cli/options/parse-count.js';
import { parseStrength } from '../../../src/cli/options/parse-positive.js';

it.each(['x', '', ' ', '-1', '1.5', '1e99'])('is no seed and no count: %j', (text) => {
  expect(() => parseSeed(text)).toThrow('a whole number from 0');
  expect(() => parseCount(text)).toThrow('a whole number from 1');
});

it('counts begin with 1, seeds with 0', () => {
  expect([parseSeed('0'), parseSeed('7'), parseCount('1')]).toEqual([0, 7, 1]);
  expect(() => parseCount('0')).toThrow('a whole number from 1');
});

it('a strength is a number from 0 to 1000: the KL of a far larger one is not finite', () => {
  expect(['0', '0.5', '1000'].map(parseStrength)).toEqual([0, 0.5, 1000]);
  for (const text of ['', 'x', 'NaN', '-1', '1001', '1e308', '1e999']) {
    expect(() => parseStrength(text)).toThrow('a number from 0 to 1000');
  }
});

it('what sizes work or memory has an end', () => {
  expect([parseSize('1'), parseSize('100000')]).toEqual([1, 100_000]);
  for (const text of ['0', '100001', '1e9', 'x', '2.5']) {
    expect(() => parseSize(text)).toThrow('a whole number from 1 to 100000');
  }
});
