import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BIN, emptyFolder } from '../cli/spawn-cli.js';
import { hasTerminals } from '../in-terminal.js';
import { fullPipe } from './full-pipe.js';

const WATCH = pathToFileURL(join(resolve(BIN, '../..'), 'dist/src/cli/signals/signal-watch.js')).href;

/** A program that hears signals, but does without a pause what `busy` says, as a large model does. */
const program = (busy: string): string => `
import { writeFileSync } from 'node:fs';
import { watchSignals } from ${JSON.stringify(WATCH)};
process.on('SIGINT', () => {});
watchSignals([[2, 'SIGINT']], { SIGINT: 'ended at once\\n' });
setTimeout(() => {
  console.log('busy');
  ${busy}
}, 500);
`;

/** One letter, as the kernel tells it: `Z` for one that has ended and that nobody has collected; empty for none. */
function stateOf(pid: number): string {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

describe.skipIf(process.platform === 'win32')('a second signal', () => {
  it('ends a program that never pauses, within two seconds', async () => {
    const busy = 'for (const since = Date.now(); Date.now() - since < 30_000; );';
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(busy)]);
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGINT');
    await new Promise((done) => setTimeout(done, 300));
    const since = performance.now();
    child.kill('SIGINT');
    const signal = await new Promise((done) => child.on('close', (_, by) => done(by)));
    expect(signal).toBe('SIGKILL');
    expect(performance.now() - since).toBeLessThan(2000);
    expect(said).toBe('ended at once\n');
  });

  it.skipIf(!hasTerminals || process.platform !== 'linux')(
    'ends one whose terminal takes nothing more: who writes to it waits for ever',
    async () => {
      const folder = emptyFolder();
      const file = join(folder, 'busy.mjs');
      writeFileSync(file, program("writeFileSync('pid', String(process.pid)); console.log('x'.repeat(1e6));"));
      const command = `${process.execPath} ${file}`;
      const terminal = spawn('script', ['-qec', command, '/dev/null'], {
        cwd: folder,
        stdio: ['ignore', fullPipe(), 'ignore'],
      });
      const ended = new Promise((done) => terminal.on('exit', done));
      while (!existsSync(join(folder, 'pid'))) await new Promise((done) => setTimeout(done, 50));
      await new Promise((done) => setTimeout(done, 500));
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      process.kill(pid, 'SIGINT');
      await new Promise((done) => setTimeout(done, 300));
      process.kill(pid, 'SIGINT');
      await new Promise((done) => setTimeout(done, 2000));
      const state = stateOf(pid);
      process.kill(terminal.pid ?? 0, 'SIGKILL');
      await ended;
      expect(state).toMatch(/^[ZX]?$/);
    },
  );
});
