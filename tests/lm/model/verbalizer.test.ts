import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import type { Tokenizer } from '../../../src/lm/model/types.js';
import { resolveLabelWords } from '../../../src/lm/model/verbalizer.js';
import { defaultTemplate, parseTemplate } from '../../../src/template/parse-template.js';
import { HUB_LIKE } from '../onnx/hub-like.js';

const causal = defaultTemplate('causal');
const masked = defaultTemplate('masked');

describe('a verbalizer', () => {
  let gpt2: Tokenizer;
  let roberta: Tokenizer;
  let bert: Tokenizer;
  beforeAll(async () => {
    [gpt2, roberta, bert] = await Promise.all(
      ['gpt2', 'roberta', 'bert'].map((name) => loadTokenizer(join(HUB_LIKE, name))) as [never, never, never],
    );
  });
  const resolve = (tokenizer: Tokenizer, words: string[], template = causal, singleToken = false) =>
    resolveLabelWords(
      tokenizer,
      template,
      words.map((word, i) => ({ label: `label ${i}`, word })),
      { singleToken },
    );

  it('reads a word as the answer after one space, of one token or several', () => {
    const [first, second] = resolve(gpt2, ['the', ' very formal ']);
    expect(first).toMatchObject({ word: 'the', text: ' the', wordCount: 1 });
    expect(first!.tokenIds.map((id) => gpt2.piece(id))).toEqual(['Ġthe']);
    expect(second).toMatchObject({ word: 'very formal', text: ' very formal', wordCount: 2 });
    expect(gpt2.decode(second!.tokenIds)).toBe(' very formal');
  });

  it('takes the space before the mask from the template', () => {
    const [spaced] = resolve(roberta, ['the', 'of'], masked, true);
    expect(spaced!.tokenIds.map((id) => roberta.piece(id))).toEqual(['Ġthe']);
    const bare = parseTemplate('{mask} {prompt} {input}', { family: 'masked' });
    expect(resolve(roberta, ['the', 'of'], bare)[0]!.text).toBe('the');
    expect(resolve(bert, ['the', 'of'], masked, true)[0]!.tokenIds).toHaveLength(1);
  });

  it('refuses a word of several tokens at a mask, showing the tokens', () => {
    expect(() => resolve(roberta, ['marvellous', 'the'], masked, true)).toThrow(
      expect.objectContaining({
        code: 'E_VERBALIZER_TOKENS',
        exitCode: 78,
        message: expect.stringMatching(/"marvellous" of label "label 0" is \d+ tokens \(Ġ/),
      }),
    );
  });

  it('refuses two labels with the same tokens', () => {
    expect(() => resolve(gpt2, ['the', 'of', 'the'])).toThrow(
      expect.objectContaining({ code: 'E_VERBALIZER_SAME', message: expect.stringMatching(/"label 0" and "label 2"/) }),
    );
    expect(() => resolve(bert, ['Value', 'value'], masked)).toThrow(
      expect.objectContaining({ code: 'E_VERBALIZER_SAME' }),
    );
  });

  it('refuses empty words, special tokens, unknown text and a single label', () => {
    expect(() => resolve(gpt2, ['the', '  '])).toThrow(expect.objectContaining({ code: 'E_VERBALIZER_EMPTY' }));
    expect(() => resolve(gpt2, ['the', '<|endoftext|>'])).toThrow(
      expect.objectContaining({ code: 'E_VERBALIZER_SPECIAL' }),
    );
    expect(() => resolve(bert, ['the', '日'], masked)).toThrow(
      expect.objectContaining({ code: 'E_VERBALIZER_SPECIAL' }),
    );
    expect(() => resolve(gpt2, ['the'])).toThrow(expect.objectContaining({ code: 'E_VERBALIZER_COUNT' }));
  });
});
