import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';

it('A large tokenizer is read in pieces, so that keys and the screen have their turn', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-pieces-'));
  const vocab = Object.fromEntries(Array.from({ length: 60_000 }, (_, id) => [`t${id}`, id]));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify({ model: { type: 'BPE', vocab, merges: [] } }));
  let turns = 0;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const { vocabularySize, piece } = await loadTokenizer(folder);
  clearImmediate(counting);
  expect(turns).toBeGreaterThan(0);
  expect([vocabularySize, piece(59_999)]).toEqual([60_000, 't59999']);
  rmSync(folder, { recursive: true });
});
