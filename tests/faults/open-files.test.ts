import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, lastLine } from '../cli/spawn-cli.js';
import { runSmall } from './inputs/bad-input.js';

const cwd = mkdtempSync(join(tmpdir(), 'rlprompt-open-files-'));
const probe = join(cwd, 'probe.mjs');
writeFileSync(probe, '');

function startWith(limit: number, args: readonly string[]) {
  const shell = ['-c', `ulimit -c 0 -n ${limit}; exec "$@"`, 'bash', process.execPath, ...args];
  const { status, stderr } = spawnSync('bash', shell, { cwd, env: { PATH: process.env.PATH, HOME: cwd } });
  return { status, line: lastLine(stderr.toString()) };
}

/** Node ends by itself where it cannot open the file that it is to run. */
function leastForNode(): number {
  let limit = 12;
  while (startWith(limit, [probe]).status !== 0) limit += 1;
  return limit;
}

describe.skipIf(process.platform === 'win32')('too few open files', () => {
  it('says which limit of the system was met, from the first on that Node starts with', () => {
    const least = leastForNode();
    for (const limit of [least, least + 1, least + 3, least + 5, least + 7]) {
      const { status, line } = startWith(limit, [BIN, ...runSmall('--out', 'few')]);
      expect(line, `ulimit -n ${limit}`).toMatch(
        /^rlprompt: E_OS_LIMIT: .*EMFILE.* · no files were changed · raise .*ulimit -n/,
      );
      expect(status).toBe(71);
    }
    expect(readdirSync(cwd)).toEqual(['probe.mjs']);
  });
});
