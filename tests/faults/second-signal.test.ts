import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { BIN } from '../cli/spawn-cli.js';

const WATCH = pathToFileURL(join(resolve(BIN, '../..'), 'dist/src/cli/shared/signal-watch.js')).href;

/** A program that hears signals, but computes without a pause, as a large model does. */
const BUSY = `
import { watchSignals } from ${JSON.stringify(WATCH)};
process.on('SIGINT', () => {});
watchSignals([[2, 'SIGINT']], { SIGINT: 'ended at once\\n' });
setTimeout(() => {
  console.log('busy');
  for (const since = Date.now(); Date.now() - since < 30_000; );
}, 500);
`;

it.skipIf(process.platform === 'win32')(
  'a second signal ends a program that never pauses, within two seconds',
  async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', BUSY]);
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
  },
);
