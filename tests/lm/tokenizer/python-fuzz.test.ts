import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/tokenizers');
const SCRIPT = join(import.meta.dirname, 'fuzz-tokenizers.py');
/** A Python that has the package `tokenizers`. */
const PYTHON = process.env.RLPROMPT_TOKENIZERS_PYTHON ?? '';
const COUNT = process.env.RLPROMPT_FUZZ_COUNT ?? '20000';
const SEED = process.env.RLPROMPT_FUZZ_SEED ?? '1';

describe.skipIf(PYTHON === '')('unusual texts (RLPROMPT_TOKENIZERS_PYTHON names a Python with tokenizers)', () => {
  it.each([
    ['with every character', 'characters'],
    ['drawn at random', COUNT],
  ])('%s have the ids of the Python library', { timeout: 7_200_000 }, async (_, kind) => {
    const python = spawn(PYTHON, [SCRIPT, FIXTURES, kind, SEED], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(python, 'close');
    let texts: string[] | undefined;
    const wrong: Record<string, string[]> = {};
    for await (const line of createInterface(python.stdout)) {
      if (!texts) {
        texts = JSON.parse(line) as string[];
        continue;
      }
      const { name, ids } = JSON.parse(line) as { name: string; ids: number[][] };
      const tokenizer = await loadTokenizer(join(FIXTURES, name));
      const others = texts.filter((text, i) => String(tokenizer.encode(text)) !== String(ids[i]));
      process.stdout.write(`${name}: ${others.length} of ${texts.length} texts differ\n`);
      wrong[name] = others.slice(0, 10);
    }
    expect(await closed).toEqual([0, null]);
    expect(Object.keys(wrong)).toHaveLength(51);
    for (const [name, others] of Object.entries(wrong)) expect(others, name).toEqual([]);
  });
});
