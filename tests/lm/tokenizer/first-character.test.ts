import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/lm/tokenizer/shared/definition.js';
import { createTokenizerEngine } from '../../../src/lm/tokenizer/tokenize.js';

const TOKENS = '[UNK] ▁ ▁a a ▁b b ▁c c ▁x x ▁1 1 ▁⁄ ⁄ ▁2 2 ▁\u0300 \u0300 ▁\u0316 \u0316 ▁à à ▁\u0301 \u0301'.split(
  ' ',
);
const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true };

/** Tokens that the Python library, version 0.23, gives for the same tokenizer and texts. */
function tokens(normalizer: Settings, preTokenizer: Settings, text: string): string[] {
  const vocab = Object.fromEntries(TOKENS.map((token, id) => [token, id]));
  const model = { type: 'WordLevel', vocab, unk_token: '[UNK]' };
  const engine = createTokenizerEngine({ normalizer, pre_tokenizer: preTokenizer, model });
  return engine.encode(text).map((id) => TOKENS[id] ?? '');
}

const replace = (pattern: string, content: string) => ({ type: 'Replace', pattern: { String: pattern }, content });
const sequence = (...normalizers: Settings[]) => ({ type: 'Sequence', normalizers });
const splitBefore = (Regex: string) => ({
  type: 'Sequence',
  pretokenizers: [{ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false }, METASPACE],
});

describe('the piece that Metaspace takes for the first of a text', () => {
  it.each<[string, Settings, string, string[]]>([
    ['is the first', { type: 'Strip' }, 'a b', ['▁a', '▁b']],
    ['is none where the first character is taken off', { type: 'Strip' }, ' a b', ['a', '▁b']],
    ['is none where it is cleaned away', { type: 'BertNormalizer' }, '\x86a b', ['a', '▁b']],
    ['is none where a Replace took it together with the next', replace('ab', 'x'), 'ab c', ['x', '▁c']],
    ['is the first where it was replaced alone', replace('a', 'x'), 'a c', ['▁x', '▁c']],
    ['is the first before a Replace', replace('ab', 'x'), 'a c', ['▁a', '▁c']],
    ['is followed through several', sequence(replace('a', 'bc'), replace('bc', 'x')), 'a c', ['▁x', '▁c']],
    [
      'is the first with a text before it',
      sequence({ type: 'Prepend', prepend: 'x' }, replace('xa', 'c')),
      'a b',
      ['▁c', '▁b'],
    ],
    ['is none where a mark at the start goes', sequence({ type: 'NFD' }, replace('\u0301', '')), '\u0301a', ['a']],
  ])('%s', (_, normalizer, text, expected) => {
    expect(tokens(normalizer, METASPACE, text)).toEqual(expected);
  });

  it('can be several, where a character becomes several', () => {
    const form = { type: 'NFKC' };
    expect(tokens(form, splitBefore('[^a-z ]'), '½a')).toEqual(['▁1', '▁⁄', '▁2', 'a']);
    expect(tokens(form, splitBefore('[^a-z ]'), 'a½')).toEqual(['▁a', '1', '⁄', '2']);
  });

  it.each([
    ['NFD', 'à\u0316a', ['▁a', '\u0316', '\u0300', 'a']],
    ['NFC', 'a\u0300\u0316', ['▁à', '\u0316']],
    ['NFD', '\u0344\u0316', ['▁\u0316', '[UNK]', '\u0301']],
  ])('is followed through %s where marks change places: %j', (type, text, expected) => {
    expect(tokens({ type }, splitBefore('\\p{M}'), text)).toEqual(expected);
  });

  it('is what follows a character that sentencepiece’s table removes', () => {
    const file = join(import.meta.dirname, '../../fixtures/tokenizers/t5-nonlegacy/tokenizer.json');
    const { normalizer } = JSON.parse(readFileSync(file, 'utf8')) as { normalizer: { normalizers: Settings[] } };
    const table = normalizer.normalizers.find(({ type }) => type === 'Precompiled') ?? {};
    expect(tokens(table, METASPACE, '\x01a b')).toEqual(['▁a', '▁b']);
    expect(tokens(table, splitBefore('[^a-z ]'), '\x01½a')).toEqual(['▁1', '▁⁄', '▁2', 'a']);
  });
});

it('nothing is put into an empty text', () => {
  const emptied = sequence({ type: 'Strip' }, { type: 'Replace', pattern: { Regex: 'x*' }, content: 'c' });
  expect(tokens(emptied, METASPACE, ' ')).toEqual([]);
  expect(tokens(emptied, METASPACE, ' a ')).toEqual(['[UNK]']);
});

it('an added token of blanks that the one before it took is none', () => {
  const model = { type: 'WordLevel', vocab: { '[UNK]': 0, o: 1, w: 2 }, unk_token: '[UNK]' };
  const added = [
    { content: ' ', lstrip: true, normalized: false },
    { content: ' a', rstrip: true, normalized: false },
  ];
  expect(createTokenizerEngine({ model, added_tokens: added }).encode('o a w')).toEqual([1, 4, 2]);
});

it('added tokens are numbered on from the model’s, whatever the file says', () => {
  const model = { type: 'WordLevel', vocab: { '[UNK]': 0, a: 1 }, unk_token: '[UNK]' };
  const added = [
    { id: 40, content: '<x>', normalized: false },
    { id: 50, content: 'a', normalized: false },
    { id: 41, content: '<y>', normalized: false },
  ];
  expect(createTokenizerEngine({ model, added_tokens: added }).encode('<x>a<y>')).toEqual([2, 1, 3]);
});
