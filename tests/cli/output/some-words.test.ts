import { describe, expect, it } from 'vitest';
import { someWords } from '../../../src/cli/output/some-words.js';

describe('someWords', () => {
  it('shows six words, and how many there are where that is not all', () => {
    const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(someWords(words.slice(0, 6), ', ')).toBe('a, b, c, d, e, f');
    expect(someWords(words, ' ')).toBe('a b c d e f … (7)');
    expect(someWords([], ' ')).toBe('');
  });
});
