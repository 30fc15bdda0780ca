import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/tokenizers');

interface Expected {
  readonly ids: number[];
  readonly withSpecial: number[];
  readonly decoded: string;
}

const { texts, expected } = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as {
  texts: string[];
  expected: Record<string, Expected[]>;
};

/** The Python library decodes added tokens of these in their normalized spelling. */
const SPELLED_OTHERWISE = ['added-flags', 'llama2'];

describe('a tokenizer gives the ids of the Python library', () => {
  it('for 51 tokenizers', () => {
    expect(Object.keys(expected)).toHaveLength(51);
  });

  it.each(Object.keys(expected))('%s', async (name) => {
    const tokenizer = await loadTokenizer(join(FIXTURES, name));
    for (const [i, text] of texts.entries()) {
      const { ids, withSpecial, decoded } = expected[name]![i]!;
      expect(tokenizer.encode(text), text).toEqual(ids);
      expect(tokenizer.encode(text, { special: true }), text).toEqual(withSpecial);
      if (!SPELLED_OTHERWISE.includes(name)) expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });
});
