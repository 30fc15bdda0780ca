import { describe, expect, it } from 'vitest';
import { createNormalizer } from '../../../src/lm/tokenizer/normalizers.js';
import { createPreTokenizer } from '../../../src/lm/tokenizer/pre-tokenizers.js';
import type { Settings } from '../../../src/lm/tokenizer/shared/definition.js';

/** What the Python library, version 0.23, makes of the same texts. */
function pieces(settings: Settings, text: string): string[] {
  return createPreTokenizer(settings)([{ text, fromFirst: 1 }]).map((piece) => piece.text);
}

const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });

describe('characters that the Rust library’s tables do not have', () => {
  it('are composed from nothing, and not decomposed', () => {
    const [pair, composed] = ['\u{113c2}\u{113c2}', '\u{113c5}'];
    for (const type of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
      const normalize = createNormalizer({ type });
      expect(normalize(`é${pair}`).endsWith(pair)).toBe(true);
      expect(normalize(composed)).toBe(composed);
    }
  });

  it('have no order among marks', () => {
    const normalize = createNormalizer({ type: 'NFD' });
    expect(normalize('a\u0315\u0300')).toBe('a\u0300\u0315');
    expect(normalize('a\u1df6\u0300')).toBe('a\u1df6\u0300');
  });

  it('are no letters in an expression', () => {
    expect(pieces({ type: 'Whitespace' }, 'a\u{323b0}b')).toEqual(['a', '\u{323b0}', 'b']);
    expect(pieces(split('\\p{L}+'), 'a\u{323b0}\ua7cfb')).toEqual(['a', '\u{323b0}\ua7cf', 'b']);
    expect(pieces(split('\\p{Ll}+'), 'Aʕa')).toEqual(['A', 'ʕa']);
  });

  it('are of other scripts', () => {
    expect(pieces({ type: 'UnicodeScripts' }, 'ա։अ\u0953')).toEqual(['ա', '։', 'अ\u0953']);
  });
});

describe('an expression that ignores case', () => {
  it.each([
    ["(?i:'s|'k)", "x'ſa'Kb'S", ['x', "'ſ", 'a', "'K", 'b', "'S"]],
    ['(?i:[a-z]+)', '1ſK2Aé', ['1', 'ſK', '2', 'A', 'é']],
    ['(?i:[^k])', 'KKka', ['KKk', 'a']],
    ['a(?i:b(?:c))d', 'aBCdABCD', ['aBCd', 'ABCD']],
    ['(?i)the|x(y)', 'The tHEx XY', ['The', ' ', 'tHE', 'x ', 'XY']],
  ])('%s takes all spellings of a letter', (expression, text, expected) => {
    expect(pieces(split(expression), text)).toEqual(expected);
  });

  it.each(['(?i:é)', '(?i:ss)', '(?i:\\p{Lu})', '(?i:[[:alpha:]])'])('%s is refused', (expression) => {
    expect(() => createPreTokenizer(split(expression))).toThrow('the pattern');
  });
});
