import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { fuzz, scratchFolder, TIMEOUT_MS } from './fuzz.js';
import { damaged, wrongJson } from './mutations.js';
import { smallTokenizer, withoutCharacterMap } from './small-tokenizer.js';

const base = scratchFolder();
const FIXTURES = join(import.meta.dirname, '../../fixtures/tokenizers');
const TEXTS = ['', 'a', 'Two words, naïve 12!\n', ' 👩‍💻'];

describe('any tokenizer ends as a value or as an error with a name', { timeout: TIMEOUT_MS }, () => {
  it.for(['gpt2', 'bert-uncased', 'llama2', 't5', 'wordlevel'])('%s', async (name, context) => {
    const folder = join(base, name);
    mkdirSync(folder);
    const good = smallTokenizer(JSON.parse(readFileSync(join(FIXTURES, name, 'tokenizer.json'), 'utf8')));
    const bare = withoutCharacterMap(good);
    const files = fc.oneof(
      { weight: 12, arbitrary: wrongJson(bare) },
      { weight: 4, arbitrary: damaged(Buffer.from(JSON.stringify(bare))) },
      // Of some kinds the table of characters is nearly all of the file.
      { weight: 1, arbitrary: wrongJson(good) },
    );
    await fuzz(context, files, async (content) => {
      writeFileSync(join(folder, 'tokenizer.json'), content);
      const tokenizer = await loadTokenizer(folder);
      for (const text of TEXTS) {
        const ids = tokenizer.encode(text, { special: true });
        tokenizer.decode(ids);
        for (const id of ids) [tokenizer.piece(id), tokenizer.bytes(id)];
      }
      tokenizer.decode([0, 1, 2, 99_999]);
    });
  });
});
