import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { tokenizerDeadline } from '../../../src/lm/model/tokenizer-deadline.js';
import { HUB_LIKE } from '../onnx/hub-like.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-tokenizer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** GPT-2's tokenizer that splits texts by another pattern. */
function withPattern(name: string, pattern: string): string {
  const path = join(folder, name);
  cpSync(join(HUB_LIKE, 'gpt2'), path, { recursive: true, filter: (source) => !source.endsWith('.onnx') });
  const file = join(path, 'tokenizer.json');
  const definition = JSON.parse(readFileSync(file, 'utf8'));
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
  definition.pre_tokenizer = { type: 'Sequence', pretokenizers: [split, definition.pre_tokenizer] };
  writeFileSync(file, JSON.stringify(definition));
  return path;
}

const ENDLESS = `${'a'.repeat(50)}!`;

describe('a tokenizer whose pattern takes for ever', () => {
  it('is stopped after two seconds, by the pattern’s name, and works on with other texts', async () => {
    const path = withPattern('endless', '(a+)+$');
    const tokenizer = await loadTokenizer(path);
    expect(tokenizer.decode(tokenizer.encode('one of the files'))).toBe('one of the files');
    const since = performance.now();
    expect(() => tokenizer.encode(ENDLESS)).toThrow(
      expect.objectContaining({
        code: 'E_TOKENIZER_HANG',
        exitCode: 65,
        where: join(path, 'tokenizer.json'),
        message: expect.stringContaining('"(a+)+$"'),
      }),
    );
    expect(performance.now() - since).toBeGreaterThan(1900);
    expect(tokenizer.decode(tokenizer.encode('a file'))).toBe('a file');
  });

  it('gives the tokens it gives without a deadline', async () => {
    const known = await loadTokenizer(join(HUB_LIKE, 'gpt2'));
    const harmless = await loadTokenizer(withPattern('harmless', '[ ]?[^ ]+'));
    for (const text of ['returns the value', ' of  the', '', 'naïve 12!']) {
      expect(harmless.encode(text, { special: true })).toEqual(known.encode(text, { special: true }));
    }
  });
});

describe('the deadline of a tokenizer', () => {
  it('passes on what a call throws, also from within another call', () => {
    const within = tokenizerDeadline({ normalizer: { pattern: { Regex: 'x+' } } }, 'here');
    const fail = () => {
      throw new RangeError('mine');
    };
    expect(() => within(fail, 1)).toThrow(new RangeError('mine'));
    expect(within(() => within(() => 1, 1) + within(() => 2, 1), 1)).toBe(3);
  });

  it('is not set where every pattern is a well-known one', () => {
    const isTimed = () => Symbol.for('rlprompt.timed-call') in globalThis;
    for (const name of ['llama', 'qwen2', 'gpt2', 'bert']) {
      const definition = JSON.parse(readFileSync(join(HUB_LIKE, name, 'tokenizer.json'), 'utf8'));
      expect(tokenizerDeadline(definition, 'here')(isTimed, 1), name).toBe(false);
    }
    const other = { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ pattern: { Regex: 'x+' } }] } };
    expect(tokenizerDeadline(other, 'here')(isTimed, 1)).toBe(true);
  });
});
