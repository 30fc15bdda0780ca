import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BIN, emptyFolder, lastLine, runCli } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';

const cwd = emptyFolder();
const SMALL = ['--verbalizer', 'ham=list,spam=free', '--shots', '3', '--prompts-per-step', '4', '--inner-size', '64'];
const RUN = [...SMALL, '--steps', '2', '--evaluation-every', '2', '--candidates', '3', '--ui', 'none'];

beforeAll(async () => {
  const task = writeSmallData(cwd);
  const { code, stderr } = await runCli(['run', task, '--out', 'run', ...RUN], { cwd });
  expect(code, stderr).toBe(0);
});

/** Runs the program through a shell that has set up standard output. */
function inShell(script: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: cwd, RLPROMPT_CACHE_DIR: join(cwd, 'cache') };
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, BIN, ...args], { cwd, env });
  return { status, said: lastLine(stderr.toString()) };
}

const COMMANDS = [
  ['--version'],
  ['--help'],
  ['run', '--help'],
  ['run', 'small.csv', '--out', 'unheard', ...RUN],
  ['run', 'small.csv', '--out', 'unheard-json', ...RUN, '--json'],
  ['top', 'run'],
  ['top', 'run', '--json'],
  ['top', 'run', '--csv'],
  ['export', 'run'],
  ['export', '--list'],
  ['runs', 'list', '.'],
  ['report', 'run'],
  ['eval', 'small.csv', ...SMALL.slice(0, 4), '--prompt', 'This mail is'],
  ['tasks'],
  ['models', 'list'],
  ['cache', 'info'],
  ['config', 'print', 'spam'],
  ['config', 'schema'],
  ['prompt-library', 'list'],
  ['doctor', '--json'],
  ['complete', '--', 'ru'],
];

describe.skipIf(!existsSync('/dev/full'))('a result that cannot be written', () => {
  it.each(COMMANDS.map((args) => [args.join(' ').slice(0, 60), args] as const))('ends %s with 74', (_, args) => {
    const { status, said } = inShell('exec "$@" >/dev/full', args);
    expect(said).toMatch(/^rlprompt: E_OUTPUT_LOST: .*ENOSPC.* · every file that the command wrote · free some space/);
    expect(status).toBe(74);
  });

  it('is noticed too where a part of it found room', () => {
    const { status, said } = inShell('ulimit -f 1; exec "$@" >cut.txt', ['run', '--help']);
    expect(said).toMatch(/^rlprompt: E_OUTPUT_LOST: .*EFBIG/);
    expect(status).toBe(74);
  });

  it('does not hide why a command failed', () => {
    const { status, said } = inShell('exec "$@" >/dev/full', ['top', 'nowhere', '--json']);
    expect(said).toMatch(/^rlprompt: E_RUN_NOT_FOUND/);
    expect(status).toBe(66);
  });

  it('is no failure where the reader has left', () => {
    const { status, said } = inShell('set -o pipefail; "$@" | true', ['run', '--help']);
    expect(said).toBe('');
    expect(status).toBe(0);
  });

  it('leaves the run itself whole', async () => {
    expect((await runCli(['top', 'unheard'], { cwd })).code).toBe(0);
  });
});
