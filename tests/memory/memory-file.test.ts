import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataRoot } from '../../src/files/data-root.js';
import { learn } from '../../src/memory/memory.js';
import { changeMemory, memoryPath, readMemory } from '../../src/memory/memory-file.js';
import type { TaskSignature } from '../../src/memory/task-signature.js';

const signature = (digest: string): TaskSignature => ({
  template: '{input} {prompt}',
  words: [' a', ' b'],
  labels: ['a', 'b'],
  targetLm: { name: 'lm', digest },
  features: [1, 0],
});

const path = (): string => join(mkdtempSync(join(tmpdir(), 'rlprompt-memory-')), 'data', 'memory.json');

describe('the memory on disk', () => {
  it('lies where the user’s data lies', () => {
    expect(memoryPath({ RLPROMPT_DATA_DIR: '/d', XDG_DATA_HOME: '/x' })).toBe(join('/d', 'memory.json'));
    expect(dataRoot({ XDG_DATA_HOME: '/x' })).toBe(join('/x', 'rlprompt'));
    expect(dataRoot({})).toMatch(/\.local.share.rlprompt$/);
  });

  it('is empty before the first run, and reads back what was written', async () => {
    const file = path();
    expect(readMemory(file)).toEqual([]);
    const prompts = [{ text: 'say "free"\n\u202e', reward: 12.5 }];
    await changeMemory(file, (read) => learn(read(), { task: 'mails', signature: signature('d'), prompts }));
    expect(readMemory(file)[0]).toMatchObject({ task: 'mails', prompts: [{ text: 'say "free"\n\u202e', mean: 12.5 }] });
  });

  it('loses nothing when several change it at once', async () => {
    const file = path();
    const add = (i: number) =>
      changeMemory(file, (read) =>
        learn(read(), { task: `t${i}`, signature: signature(`d${i}`), prompts: [{ text: 'p', reward: i }] }),
      );
    await Promise.all(Array.from({ length: 8 }, (_, i) => add(i)));
    expect(readMemory(file)).toHaveLength(8);
  });

  it('is refused where it is damaged, and left as it is', async () => {
    const file = path();
    await changeMemory(file, () => []);
    writeFileSync(file, '{"schemaVersion":1,"tasks":[{"id":3}]}');
    expect(() => readMemory(file)).toThrowError(expect.objectContaining({ code: 'E_MEMORY_FILE' }));
    await expect(changeMemory(file, (read) => read())).rejects.toMatchObject({ code: 'E_MEMORY_FILE' });
    expect(readFileSync(file, 'utf8')).toContain('"id":3');
  });
});
