import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEvents } from '../../src/run/store/logs/event-log.js';
import { BIN, tinyTask } from '../cli/spawn-cli.js';

const { cwd, flags } = tinyTask();

/** Runs to the end, whoever reads what it says going away when it has said `until`. */
async function runUnheard(out: string, ui: string, until: string): Promise<number | null> {
  const args = [
    'run',
    'mails.csv',
    ...flags,
    '--shots',
    '3',
    '--steps',
    '3',
    '--inner-size',
    '64',
    '--ui',
    ui,
    '--out',
    out,
  ];
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (!said.includes(until)) return;
    child.stdout.destroy();
    child.stderr.destroy();
  });
  return await new Promise((done) => child.on('exit', done));
}

it.skipIf(process.platform === 'win32').each([
  ['from its first line on', 'plain', '\n'],
  ['from the baselines on', 'json', '"phase":"baselines"'],
  ['while it learns', 'json', '"phase":"training"'],
  ['in its final evaluation', 'json', '"phase":"final-evaluation"'],
])('a run that nobody hears %s comes to its end; a reader that has left is no failure', async (_what, ui, until) => {
  const out = `run-${until.replace(/\W/g, '')}`;
  expect(await runUnheard(out, ui, until)).toBe(0);
  expect([...readEvents(join(cwd, out))].at(-1)?.type).toBe('run-end');
});
