import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../src/shell-word.js';

const WORDS = [
  'plain',
  'two words',
  '"quoted"',
  "it's $HOME",
  '{input} {prompt}\nAnswer: ',
  "a\tb'c\\n\r\u0007",
  'ä$`!',
  '\u0085x',
  'a\u202eb\u{e0041}',
];

describe.skipIf(process.platform === 'win32')('shellWord', () => {
  it.each(WORDS)('is read by a shell as it was: %j', (word) => {
    const command = `printf %s ${shellWord(word)}`;
    expect(command).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(
      execFileSync('bash', ['-c', command], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } }),
    ).toBe(word);
  });
});
