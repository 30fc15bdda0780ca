import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteWords } from '../../../src/lm/tokenizer/byte-level.js';
import { toByteCharacters } from '../../../src/lm/tokenizer/shared/characters.js';

/** GPT-2's expression as its authors wrote it, blanks being those of Unicode. */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const wordsOf = (text: string): string[] => (text.match(WORDS) ?? []).map(toByteCharacters);
const cut = (text: string, fromFirst = 0): string[] => byteWords([{ text, fromFirst }]).map((word) => word.text);

const characters = fc.constantFrom('a', 'é', 's', "'", ' ', '  ', '\n', '\u00a0', '1', '!', '😀', '𝟘', '\ud83d');
const text = fc.array(characters, { maxLength: 40 }).map((parts) => parts.join(''));

describe('the words of texts that begin alike', () => {
  it('are those of each text by itself', () => {
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 2, maxLength: 6 }), (beginning, ends) => {
        for (const end of ends)
          expect(cut(`the same beginning of all ${beginning}${end}`)).toEqual(
            wordsOf(`the same beginning of all ${beginning}${end}`),
          );
      }),
      { numRuns: 1500 },
    );
  });

  it('leave the last blank of several to the next word, whatever the text before had', () => {
    const beginning = 'a text that is long enough to be kept';
    for (const end of ['  b', '   b', '  ', '  \nb', '', " 's", '  b'])
      expect(cut(beginning + end)).toEqual(wordsOf(beginning + end));
  });

  it('keep from which character they come', () => {
    const long = 'a text that is long enough to be kept';
    expect(byteWords([{ text: long, fromFirst: 0 }])[0]?.fromFirst).toBe(0);
    expect(byteWords([{ text: long, fromFirst: 1 }])[0]?.fromFirst).toBe(1);
  });
});
