import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, emptyFolder, tinyTask } from '../cli/spawn-cli.js';
import { fullPipe } from './full-pipe.js';

const { cwd, flags } = tinyTask();

/** Starts a program whose output nobody reads, and stops it by one Ctrl-C. */
async function stopUnread(args: readonly string[], folder: string, isUnderWay: () => boolean) {
  const pipe = fullPipe();
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: ['ignore', pipe, pipe] });
  while (!isUnderWay()) await new Promise((done) => setTimeout(done, 50));
  await new Promise((done) => setTimeout(done, 1000));
  const since = performance.now();
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const code = await new Promise((done) => child.on('exit', (exitCode, signal) => done(exitCode ?? signal)));
  clearTimeout(late);
  return { code, ms: performance.now() - since };
}

describe.skipIf(process.platform === 'win32')('a reader that stops reading without leaving', () => {
  it('does not hold a command whose result is done', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'rankings.jsonl'), '{"prompt":"a","chosen":"b","rejected":"c"}\n');
    const { code, ms } = await stopUnread(['preferences', 'pairs', 'rankings.jsonl'], folder, () => true);
    expect(code).toBe(130);
    expect(ms).toBeLessThan(2000);
  });

  it('does not hold a run that saves at Ctrl-C', async () => {
    const small = [...flags, '--shots', '3', '--inner-size', '64', '--checkpoint-every', '1'];
    const args = ['run', 'mails.csv', ...small, '--steps', '100000', '--ui', 'json', '--out', 'run'];
    const { code } = await stopUnread(args, cwd, () => existsSync(join(cwd, 'run/checkpoints')));
    expect(code).toBe(130);
  });
});
