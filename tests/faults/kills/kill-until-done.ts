import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { BIN, runCli } from '../../cli/spawn-cli.js';
import { tell } from '../report/figures.js';

/** A command that is killed and started again until it has done its work. */
export interface Killed {
  readonly cwd: string;
  readonly kills: number;
  /** The command, writing to what it calls `name`. */
  begin(name: string): readonly string[];
  /** The file or folder that it writes. */
  out(name: string): string;
  /** How it is resumed once a file of its folder is there; without it, it is begun again. */
  readonly resume?: { readonly after: string; args(name: string): readonly string[] };
  /** Whether a kill came between its last word and the end of its process. */
  isDone?(out: string): boolean;
  /** What has to hold after each kill. */
  check?(out: string): void;
  /** All that has to be as without kills. */
  outcome(out: string): unknown;
}

/**
 * Runs a command once without a kill, then with kills at random moments of its usual time; each time that it comes to its
 * end, what it left must be the same. A new round begins until there were as many kills as asked for.
 */
export async function killUntilDone(command: Killed, context: Pick<TestContext, 'task'>): Promise<void> {
  const began = performance.now();
  await finish(command, 'whole');
  // Of the latest that came to its end: one that finds its scores in the cache is faster than the first.
  let usual = performance.now() - began;
  const expected = command.outcome(command.out('whole'));
  const rng = Rng.create(7, 'examples');
  let kills = 0;
  for (let round = 0; kills < command.kills; round++) {
    const name = `killed-${round}`;
    const out = command.out(name);
    let isDone = false;
    while (kills < command.kills && !isDone) {
      const started = performance.now();
      const hasEnded = await killAfter(nextArgs(command, name), command.cwd, usual * (0.2 + 0.7 * rng.float()));
      if (hasEnded) usual = performance.now() - started;
      else kills += 1;
      if (existsSync(out)) command.check?.(out);
      isDone = hasEnded || command.isDone?.(out) === true;
    }
    if (!isDone) await finish(command, name);
    expect(command.outcome(out)).toEqual(expected);
  }
  tell(context, { kills });
}

function nextArgs({ begin, out, resume }: Killed, name: string): readonly string[] {
  return resume && existsSync(join(out(name), resume.after)) ? resume.args(name) : begin(name);
}

async function finish(command: Killed, name: string): Promise<void> {
  const { code, stderr } = await runCli(nextArgs(command, name), { cwd: command.cwd });
  expect(code, stderr).toBe(0);
}

/** Starts the program and kills it `afterMs` later; true where it had come to its end before. */
function killAfter(args: readonly string[], cwd: string, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  return new Promise((done, fail) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL' || code === 0) done(code === 0);
      else fail(new Error(`${args.join(' ')} ended with ${code}: ${errors}`));
    });
  });
}

/** The hashes of files below a folder whose paths fit. */
export function hashesOf(folder: string, wanted: RegExp): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  return Object.fromEntries(
    names
      .filter((name) => wanted.test(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}
