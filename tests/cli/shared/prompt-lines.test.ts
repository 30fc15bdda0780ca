import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPromptLines } from '../../../src/cli/shared/prompt-lines.js';

describe('lines of prompts', () => {
  it('are the same from a file and from stdin, without a byte order mark', async () => {
    const text = '\ufeff It was\r\n\nThis is \n';
    const file = join(mkdtempSync(join(tmpdir(), 'rlprompt-prompts-')), 'prompts.txt');
    writeFileSync(file, text);
    const expected = [' It was', 'This is '];
    expect(await readPromptLines(file)).toEqual(expected);
    expect(await readPromptLines(new PassThrough().end(text) as unknown as NodeJS.ReadStream)).toEqual(expected);
  });

  it('name the file that cannot be read', async () => {
    await expect(readPromptLines('/nowhere/prompts.txt')).rejects.toMatchObject({
      code: 'E_PROMPTS_FILE',
      where: '/nowhere/prompts.txt',
    });
  });
});
