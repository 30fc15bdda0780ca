import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BIN, emptyFolder, lastLine } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';

const hasBash = spawnSync('bash', ['--version']).status === 0;

it.skipIf(!hasBash)(
  'a run whose files cannot grow ends with 74 and names the command that resumes it',
  () => {
    const cwd = emptyFolder();
    const args = ['run', writeSmallData(cwd), '--verbalizer', 'ham=list,spam=free', '--shots', '3', '--out', 'full'];
    const size = ['--steps', '40', '--prompts-per-step', '4', '--inner-size', '8', '--ui', 'none'];
    const env = { PATH: process.env.PATH, HOME: cwd, RLPROMPT_CACHE_DIR: join(cwd, 'cache') };
    // In KiB: room for the run's description, not for its events.
    const limited = ['-c', 'ulimit -f 24; exec "$@"', 'bash', process.execPath, BIN, ...args, ...size];
    const { status, stderr } = spawnSync('bash', limited, { cwd, env });
    expect(lastLine(stderr.toString())).toMatch(
      /^rlprompt: E_IO: cannot write .*EFBIG.* · .* · free some space, then .*resume full$/,
    );
    expect(status).toBe(74);
  },
  60_000,
);
