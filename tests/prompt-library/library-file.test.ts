import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataRoot } from '../../src/files/program-folders.js';
import { changeLibrary, libraryPath, readLibrary } from '../../src/prompt-library/library-file.js';
import { learn } from '../../src/prompt-library/prompt-library.js';
import type { TaskSignature } from '../../src/prompt-library/task-signature.js';

const signature = (digest: string): TaskSignature => ({
  template: '{input} {prompt}',
  words: [' a', ' b'],
  labels: ['a', 'b'],
  targetLm: { name: 'lm', digest },
  features: [1, 0],
});

const path = (): string => join(mkdtempSync(join(tmpdir(), 'rlprompt-library-')), 'data', 'prompt-library.json');

describe('the library on disk', () => {
  it('lies where the user’s data lies', () => {
    expect(libraryPath({ RLPROMPT_DATA_DIR: '/d', XDG_DATA_HOME: '/x' })).toBe(join('/d', 'prompt-library.json'));
    expect(dataRoot({ XDG_DATA_HOME: '/x' })).toBe(join('/x', 'rlprompt'));
    expect(dataRoot({})).toMatch(/\.local.share.rlprompt$/);
  });

  it('is empty before the first run, and reads back what was written', async () => {
    const file = path();
    expect(readLibrary(file)).toEqual([]);
    const prompts = [{ text: 'say "free"\n\u202e', reward: 12.5 }];
    await changeLibrary(file, (read) => learn(read(), { task: 'mails', signature: signature('d'), prompts }));
    expect(readLibrary(file)[0]).toMatchObject({
      task: 'mails',
      prompts: [{ text: 'say "free"\n\u202e', mean: 12.5 }],
    });
  });

  it('is read from the file of version 0.1 until there is one of today', async () => {
    const file = path();
    const prompts = [{ text: 'old', reward: 3 }];
    await changeLibrary(file, (read) => learn(read(), { task: 'mails', signature: signature('d'), prompts }));
    renameSync(file, join(file, '..', 'memory.json'));
    expect(readLibrary(file)[0]).toMatchObject({ task: 'mails', prompts: [{ text: 'old' }] });
    await changeLibrary(file, (read) => learn(read(), { task: 'other', signature: signature('e'), prompts }));
    expect(readLibrary(file).map(({ task }) => task)).toEqual(['mails', 'other']);
    expect(existsSync(file)).toBe(true);
  });

  it('loses nothing when several change it at once', async () => {
    const file = path();
    const add = (i: number) =>
      changeLibrary(file, (read) =>
        learn(read(), { task: `t${i}`, signature: signature(`d${i}`), prompts: [{ text: 'p', reward: i }] }),
      );
    await Promise.all(Array.from({ length: 8 }, (_, i) => add(i)));
    expect(readLibrary(file)).toHaveLength(8);
  });

  it('is refused where it is damaged, and left as it is', async () => {
    const file = path();
    await changeLibrary(file, () => []);
    writeFileSync(file, '{"schemaVersion":1,"tasks":[{"id":3}]}');
    expect(() => readLibrary(file)).toThrowError(expect.objectContaining({ code: 'E_LIBRARY_FILE' }));
    await expect(changeLibrary(file, (read) => read())).rejects.toMatchObject({ code: 'E_LIBRARY_FILE' });
    expect(readFileSync(file, 'utf8')).toContain('"id":3');
  });
});
