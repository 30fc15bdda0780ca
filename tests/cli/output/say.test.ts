import { expect, it } from 'vitest';
import { say, warn } from '../../../src/cli/output/say.js';

const LINE = '5,076 of 53,010 forwards were reused from earlier runs (rlprompt cache info)';

function heard(stream: { readonly isTTY: boolean; readonly columns?: number }, tell: typeof say): string {
  const written: string[] = [];
  tell({ stderr: { ...stream, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream }, LINE);
  return written.join('');
}

it('a line is broken between words in a terminal, and whole elsewhere', () => {
  expect(heard({ isTTY: true, columns: 70 }, say)).toBe(
    '5,076 of 53,010 forwards were reused from earlier runs (rlprompt cache\ninfo)\n',
  );
  expect(heard({ isTTY: true, columns: 0 }, say)).toBe(`${LINE}\n`);
  expect(heard({ isTTY: false }, say)).toBe(`${LINE}\n`);
  expect(heard({ isTTY: false, columns: 20 }, warn)).toBe(`rlprompt: warning: ${LINE}\n`);
});
