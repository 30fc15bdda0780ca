import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StandardOutput } from '../../../src/cli/output/standard-output.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder } from '../spawn-cli.js';

const HOSTILE = 'a\u001b]0;owned\u0007\u202eb';

class Terminal extends PassThrough {
  constructor(readonly isTTY: boolean) {
    super();
  }
}

function written(isTTY: boolean, text: string): string {
  const stream = new Terminal(isTTY);
  new StandardOutput(stream as unknown as NodeJS.WriteStream).write(text);
  return String(stream.read());
}

describe('standard output', () => {
  it('shows a terminal what would have driven it, and keeps lines and columns', () => {
    expect(written(true, `one\ttwo\n${HOSTILE}\n`)).toBe('one\ttwo\na\\x1b]0;owned\\x07\\u{202e}b\n');
  });

  it('gives a pipe every byte', () => {
    expect(written(false, `${HOSTILE}\r\n`)).toBe(`${HOSTILE}\r\n`);
  });
});

describe('what a command says beside its result', () => {
  it('holds no control of a path', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, HOSTILE));
    const { code, stderr } = await runInProcess(['init', HOSTILE, '--yes'], { cwd });
    expect(code).toBe(0);
    expect(readdirSync(join(cwd, HOSTILE)).length).toBeGreaterThan(0);
    expect(stderr).toContain("$'a\\u001b]0;owned\\u0007\\u202eb'");
    expect(stderr).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
  });
});
