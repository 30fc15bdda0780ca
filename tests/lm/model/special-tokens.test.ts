import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { resolveLabelWords } from '../../../src/lm/model/verbalizer.js';
import { defaultTemplate } from '../../../src/template/parse-template.js';

import { HUB_LIKE } from '../onnx/hub-like.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-special-'));
const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));

describe('a special token', () => {
  beforeEach(() => {
    cpSync(join(HUB_LIKE, 'gpt2/tokenizer.json'), join(folder, 'tokenizer.json'));
    const { added_tokens, ...rest } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
    // Its own file does not call it special.
    write('tokenizer.json', { ...rest, added_tokens: [{ ...added_tokens[0], special: false }] });
    for (const name of ['tokenizer_config', 'special_tokens_map', 'generation_config'])
      rmSync(join(folder, `${name}.json`), { force: true });
  });

  it('is an ordinary one where no file says otherwise', async () => {
    const { specialTokenIds, encode } = await loadTokenizer(folder);
    expect(encode('a<|endoftext|>')).toContain(499);
    expect([...specialTokenIds]).toEqual([]);
  });

  it.each<[file: string, content: unknown]>([
    ['tokenizer_config', { eos_token: '<|endoftext|>' }],
    ['tokenizer_config', { mask_token: { content: '<|endoftext|>' } }],
    ['tokenizer_config', { added_tokens_decoder: { 499: { content: '<|endoftext|>', special: true } } }],
    ['special_tokens_map', { additional_special_tokens: ['<|endoftext|>'] }],
    ['special_tokens_map', { additional_special_tokens: [{ content: '<|endoftext|>' }] }],
    ['generation_config', { eos_token_id: 499 }],
    ['generation_config', { eos_token_id: [7_000, '5', null, 499] }],
  ])('is what %s says in %j, and no label word or a part of one', async (file, content) => {
    write(`${file}.json`, content);
    const tokenizer = await loadTokenizer(folder);
    expect([...tokenizer.specialTokenIds]).toEqual([499]);
    expect(tokenizer.bytes(499)).toBeUndefined();
    for (const word of ['<|endoftext|>', 'the<|endoftext|>', 'a <|endoftext|> b']) {
      const labels = [
        { label: 'ham', word: 'of' },
        { label: 'spam', word },
      ];
      expect(() => resolveLabelWords(tokenizer, defaultTemplate('causal'), labels, { singleToken: false })).toThrow(
        expect.objectContaining({ code: 'E_VERBALIZER_SPECIAL' }),
      );
    }
  });
});
