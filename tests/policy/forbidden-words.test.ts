import { describe, expect, it } from 'vitest';
import { forbiddenWords } from '../../src/policy/forbidden-words.js';

describe('forbidden words', () => {
  it('are none where none are named', () => {
    expect(forbiddenWords([])).toBeUndefined();
  });

  it('are found as whole words, in any case, wherever they stand', () => {
    const isForbidden = forbiddenWords(['spam', ' Bad idea ']);
    expect(['spam', 'no SPAM!', 'a bad Idea, then'].map((text) => isForbidden?.(text))).toEqual([true, true, true]);
    expect(['spammer', 'antispam', 'spam2', 'bad', 'idea', ''].map((text) => isForbidden?.(text))).toEqual(
      new Array(6).fill(false),
    );
  });

  it('end at letters of any alphabet', () => {
    const isForbidden = forbiddenWords(['ham']);
    expect(['éham', 'hamé', 'ham·'].map((text) => isForbidden?.(text))).toEqual([false, false, true]);
  });

  it('mean their signs as they stand', () => {
    const isForbidden = forbiddenWords(['a.b', 'c++', '(x|y)']);
    expect(['a.b', 'c++', 'so (x|y) it'].map((text) => isForbidden?.(text))).toEqual([true, true, true]);
    expect(['axb', 'c', 'ccc', 'x', 'y'].map((text) => isForbidden?.(text))).toEqual(new Array(5).fill(false));
  });
});
