import { describe, expect, it } from 'vitest';
import { createPreTokenizer } from '../../../src/lm/tokenizer/pre-tokenizers.js';
import { createTokenizerEngine } from '../../../src/lm/tokenizer/tokenize.js';

const MODEL = { type: 'WordLevel', vocab: { a: 0, '[UNK]': 1 }, unk_token: '[UNK]' };

describe('a tokenizer that would not be read right', () => {
  it.each([
    ['normalizer', { normalizer: { type: 'Romanize' } }, 'the normalizer "Romanize" is not known'],
    ['pre-tokenizer', { pre_tokenizer: { type: 'Syllables' } }, 'the pre-tokenizer "Syllables" is not known'],
    ['post-processor', { post_processor: { type: 'Frame' } }, 'the post-processor "Frame" is not known'],
    ['model', { model: { type: 'Neural' } }, 'the model "Neural" is not known'],
    [
      'split behaviour',
      { pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'Doubled' } },
      'the split behaviour "Doubled" is not known',
    ],
    ['dropout', { model: { type: 'BPE', vocab: {}, merges: [], dropout: 0.1 } }, 'dropout gives other tokens'],
  ])('is refused for its %s', (_, part, message) => {
    expect(() => createTokenizerEngine({ model: MODEL, ...part })).toThrow(message);
  });
});

describe('patterns that give nothing back', () => {
  const cut = (regex: string, text: string) => {
    const split = createPreTokenizer({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
    return split([{ text, isStart: true }]).map((piece) => piece.text);
  };

  it('possessive quantifiers', () => {
    expect(cut('\\s++$|\\s*[\\r\\n]|\\s', 'a\n\n  b')).toEqual(['a', '\n\n', ' ', ' ', 'b']);
    expect(cut('[a-c]?+c|d', 'acd')).toEqual(['ac', 'd']);
    expect(cut('a*+a|b', 'aab')).toEqual(['aa', 'b']);
  });

  it('atomic groups, also repeated and beside others', () => {
    expect(cut('(?>a|ab)c|(?:x++)y', 'abcxxyac')).toEqual(['abc', 'xxy', 'ac']);
    expect(cut('(?>ab?)+', 'abaab!')).toEqual(['abaab', '!']);
  });
});
