import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BIN, emptyFolder, lastLine } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';

const hasBash = spawnSync('bash', ['--version']).status === 0;

/** Runs the program where no file may grow beyond so many KiB. */
function startWith(kib: number, cwd: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: cwd, RLPROMPT_CACHE_DIR: join(cwd, 'cache') };
  const shell = ['-c', `ulimit -f ${kib}; exec "$@"`, 'bash', process.execPath, BIN, ...args];
  const { status, stderr } = spawnSync('bash', shell, { cwd, env });
  return { status, line: lastLine(stderr.toString()) };
}

it.skipIf(!hasBash)(
  'a run whose files cannot grow ends with 74 and names the command that resumes it',
  () => {
    const cwd = emptyFolder();
    const args = ['run', writeSmallData(cwd), '--verbalizer', 'ham=list,spam=free', '--shots', '3', '--out', 'full'];
    const size = ['--steps', '40', '--prompts-per-step', '4', '--inner-size', '8', '--ui', 'none'];
    // Room for the run's description, not for its events.
    const { status, line } = startWith(24, cwd, [...args, ...size]);
    expect(line).toMatch(/^rlprompt: E_IO: cannot write .*EFBIG.* · .* · free some space, then .*resume full$/);
    expect(status).toBe(74);
  },
  60_000,
);

it.skipIf(!hasBash)('files that cannot be written whole are not there at all', () => {
  const cwd = emptyFolder();
  const { status, line } = startWith(0, cwd, ['init', 'task']);
  expect(line).toMatch(/^rlprompt: E_CANNOT_CREATE: .*EFBIG.* · no files were changed · name another folder$/);
  expect(status).toBe(73);
  expect(readdirSync(join(cwd, 'task'))).toEqual([]);
});
