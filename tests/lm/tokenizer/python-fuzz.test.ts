import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/tokenizers');
/** A Python that has the package `tokenizers`. */
const PYTHON = process.env.RLPROMPT_TOKENIZERS_PYTHON;
const COUNT = process.env.RLPROMPT_FUZZ_COUNT ?? '20000';
const SEED = process.env.RLPROMPT_FUZZ_SEED ?? '1';

describe.skipIf(PYTHON === undefined)('random texts', () => {
  it('have the ids of the Python library with every tokenizer', { timeout: 3_600_000 }, async () => {
    const script = join(import.meta.dirname, 'fuzz-tokenizers.py');
    const output = execFileSync(PYTHON!, [script, FIXTURES, COUNT, SEED], { maxBuffer: 2 ** 31 - 1, encoding: 'utf8' });
    const { texts, ids } = JSON.parse(output) as { texts: string[]; ids: Record<string, number[][]> };
    for (const name of Object.keys(ids)) {
      const tokenizer = await loadTokenizer(join(FIXTURES, name));
      const wrong = texts.filter((text, i) => String(tokenizer.encode(text)) !== String(ids[name]![i]));
      expect(wrong, name).toEqual([]);
    }
  });
});
