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
    [
      'Replace of nothing before what changes characters',
      {
        normalizer: {
          type: 'Sequence',
          normalizers: [{ type: 'Replace', pattern: { Regex: '^' }, content: '_' }, { type: 'Lowercase' }],
        },
      },
      'the Replace of {"Regex":"^"} before Lowercase fails in the Python library, too',
    ],
    [
      'added token that its normalizer takes away',
      { normalizer: { type: 'Strip' }, added_tokens: [{ content: '  ', normalized: true }] },
      'the added token "  " is nothing when it is normalized',
    ],
    [
      'added tokens that its normalizer makes alike',
      {
        normalizer: { type: 'Lowercase' },
        added_tokens: ['Covid', 'COVID'].map((content) => ({ content, normalized: true })),
      },
      'the added tokens "Covid" and "COVID" are both "covid" when they are normalized',
    ],
    ['dropout', { model: { type: 'BPE', vocab: {}, merges: [], dropout: 0.1 } }, 'dropout gives other tokens'],
  ])('is refused for its %s', (_, part, message) => {
    expect(() => createTokenizerEngine({ model: MODEL, ...part })).toThrow(message);
  });
});

const cut = (regex: string, text: string) => {
  const split = createPreTokenizer({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false });
  return split([{ text, fromFirst: 1 }]).map((piece) => piece.text);
};

describe('what Oniguruma has and JavaScript has not', () => {
  it.each([
    ['\\R', 'a\r\n\nb\u2028c\r', ['a', '\r\n', '\n', 'b', '\u2028', 'c', '\r']],
    ['\\R+', '\r\n\na', ['\r\n\n', 'a']],
    ['a\\R?b|c', 'a\r\nbcab', ['a\r\nb', 'c', 'ab']],
    ['\\N+', 'a\nb c', ['a', '\n', 'b c']],
    ['\\O', 'a\n', ['a', '\n']],
    ['\\p{^L}+', 'ab12 c', ['ab', '12 ', 'c']],
    ['[\\p{^L}a]+', 'ab12 c', ['a', 'b', '12 ', 'c']],
    ['a(?#x)b', 'abc', ['ab', 'c']],
    ['\\A|\\z', 'a😀b', ['a😀b']],
  ])('%s is matched as the Python library does', (regex, text, expected) => {
    expect(cut(regex, text)).toEqual(expected);
  });

  it.each([
    ['a\\X', '\\X'],
    ['a\\Kb', '\\K'],
    ['\\Ga', '\\G'],
    ['a\\B', '\\B'],
    ['[\\R]', '\\R'],
    ['a(?i)b', '(?i)'],
    ['(?m:.)', '(?m:'],
    ['(?x) a', '(?x)'],
    ['(?~ab)', '(?~ab)'],
    ['(a)?(?(1)b|c)', '(?(1)'],
    ['(?<n>a\\g<n>?)', '\\g'],
    ['a{3}?', '{3}?'],
    ['a**', '**'],
    ['(?<=a++)b', '++'],
    ['(?<=(?>a|ab))c', '(?>'],
    ['(?<=\\R)a', '\\R'],
    ['\\p{Punct}', '\\p{Punct}'],
    ['\\pL', '\\pL'],
    ['[[:graph:]]', '[:graph:]'],
    ['\\101', '\\101'],
  ])('%s is refused for %s', (regex, part) => {
    expect(() => cut(regex, 'a')).toThrow(
      `the pattern ${JSON.stringify(regex)} cannot be matched as the Python library does, because of ${part}`,
    );
  });
});

describe('patterns that give nothing back', () => {
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
