import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, lastLine, runCli, TINY_MODEL } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';
import { runSmall } from './inputs/bad-input.js';

const own = process.getuid?.() ?? -1;
/** Root may read everything: the commands are then those of another user. */
const OTHER = own === 0 ? { uid: 65534, gid: 65534 } : {};
// Not in the folder of all tests, which no other user may enter.
const cwd = mkdtempSync('/tmp/rlprompt-no-permission-');
const FORBIDDEN = ['run', 'closed', 'model', 'private.csv', 'private.yaml', 'private.task.mjs'];

function start(args: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: join(cwd, 'home') };
  const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd, env, encoding: 'utf8', ...OTHER });
  return { code: status, line: lastLine(stderr) };
}

/** Another user can start the program, unless it lies in a folder that is somebody's own. */
const canStart = own >= 0 && start(['--version']).code === 0;

beforeAll(async () => {
  chmodSync(cwd, 0o755);
  mkdirSync(join(cwd, 'home'), { mode: 0o777 });
  mkdirSync(join(cwd, 'closed'));
  writeSmallData(cwd);
  await runCli(runSmall('--out', 'run'), { cwd });
  cpSync(join(cwd, 'run'), join(cwd, 'closed/run'), { recursive: true });
  cpSync(resolve(TINY_MODEL), join(cwd, 'model'), { recursive: true });
  for (const name of ['private.csv', 'closed/small.csv']) copyFileSync(join(cwd, 'small.csv'), join(cwd, name));
  writeFileSync(join(cwd, 'private.yaml'), 'steps: 1\n');
  writeFileSync(join(cwd, 'private.task.mjs'), 'export default {};\n');
  for (const name of FORBIDDEN) chmodSync(join(cwd, name), own === 0 ? 0o700 : 0);
});
afterAll(() => {
  for (const name of FORBIDDEN) chmodSync(join(cwd, name), 0o700);
  rmSync(cwd, { recursive: true, force: true });
});

const ofRuns = (run: string): string[][] => [
  ...['top', 'report', 'export', 'resume', 'eval', 'transfer', 'molecules', 'rate', 'doctor'].map((name) => [
    name,
    run,
  ]),
  ...[
    ['predict', run, 'small.csv'],
    ['forgetting', run, run],
    ['compare', run, run],
    ['runs', 'list', run],
  ],
  ...[['runs', 'remove', run, '--yes'], runSmall('--continue', run)],
];

it.skipIf(own !== 0 || !canStart)('a user without a home folder is told to set HOME', () => {
  const command = { cwd, env: { PATH: process.env.PATH }, encoding: 'utf8', uid: 54_321, gid: 54_321 } as const;
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'cache', 'info'], command);
  expect([status, lastLine(stderr)]).toEqual([78, expect.stringContaining('set HOME to a folder')]);
});

it('an error of the system that nobody foresaw is none of the program', async () => {
  const env = { RLPROMPT_CACHE_DIR: join(cwd, 'small.csv') };
  const { code, stderr } = await runCli(['cache', 'clear'], { cwd, env });
  expect(lastLine(stderr)).toMatch(/^rlprompt: E_IO: cannot remove .*small\.csv.*: ENOTDIR: .* · check the disk$/);
  expect(code).toBe(74);
});

describe.skipIf(!canStart)('what the user may not read', () => {
  it.each([
    ...[...ofRuns('run'), ...ofRuns('closed/run')],
    ...['private.csv', 'closed/small.csv'].map((data) => ['check', data]),
    ...['private.yaml', 'closed/private.yaml'].map((file) => runSmall('--config', file)),
    ...['private.task.mjs', 'closed'].map((task) => ['run', task]),
    ...['model', 'closed/model'].map((model) => ['models', 'inspect', model]),
  ])('is not told as missing or broken, but with its owner: %s %s %s', (...args) => {
    const { code, line } = start(args.filter((arg) => arg !== undefined));
    expect(line).toMatch(/^rlprompt: E_(NO|DATA)_PERMISSION: /);
    const owner = own === 0 ? 'belongs to user 0, and you are user 65534' : 'is yours';
    expect(line).toMatch(new RegExp(`/(run|closed|model|private\\.\\w+|private\\.task\\.mjs) ${owner}; its mode is `));
    expect(code).toBe(77);
  });

  it('is named in a list of runs', () => {
    const { stdout } = spawnSync(process.execPath, [BIN, 'runs', 'list', '.'], { cwd, encoding: 'utf8', ...OTHER });
    expect(stdout).toMatch(/run .*EACCES/);
  });
});
