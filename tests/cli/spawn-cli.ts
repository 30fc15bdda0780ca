import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** The program as users start it; it runs what `npm run build` put into dist/. */
export const BIN = process.env.RLPROMPT_TEST_BIN ?? join(ROOT, 'bin/rlprompt.js');

/** The program under the name that an installed one has, which its hints repeat. */
function installed(): string {
  const link = join(mkdtempSync(join(tmpdir(), 'rlprompt-bin-')), 'rlprompt');
  symlinkSync(BIN, link);
  return link;
}

const INSTALLED = installed();

export const TINY_MODEL = join(ROOT, 'tests/fixtures/hub-like/gpt2');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** How long the program waits for `stdin`. */
  readonly stdinAfterMs?: number;
  readonly nodeFlags?: readonly string[];
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with everything stderr has shown so far, whenever it grows. */
  readonly onStderr?: (stderr: string, child: ChildProcess) => void;
}

/** Runs the program in an empty folder, without a terminal, and waits for its end. */
export function runCli(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  const { cwd = emptyFolder(), env = {}, stdin = '', stdinAfterMs = 0, nodeFlags = [], onStderr, onStart } = options;
  const child = spawn(process.execPath, [...nodeFlags, INSTALLED, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
  });
  onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    onStderr?.(stderr, child);
  });
  child.stdin.on('error', () => {});
  setTimeout(() => child.stdin.end(stdin), stdinAfterMs);
  return new Promise((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'rlprompt-cli-'));
}

/** The last line of stderr, where every failing command says why. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** A folder with a data file of two labels that the tiny model has words for, and the flags to use both. */
export function tinyTask(): { cwd: string; flags: readonly string[] } {
  const cwd = emptyFolder();
  const rows = Array.from(
    { length: 12 },
    (_, i) => `call me now about offer ${i},bad\nsee you at the meeting ${i},good`,
  );
  writeFileSync(join(cwd, 'mails.csv'), `text,label\n${rows.join('\n')}\n`);
  return { cwd, flags: ['--verbalizer', 'bad=the,good=a', '--target', TINY_MODEL] };
}
