import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BIN, lastLine, tinyTask } from '../cli/spawn-cli.js';

const LIMITS = pathToFileURL(join(resolve(BIN, '../..'), 'dist/src/files/memory-limits.js')).href;
const { cwd, flags } = tinyTask();

/** @param megabytes of 10^6 bytes */
function startWith(megabytes: number, args: readonly string[]) {
  const shell = ['-c', `ulimit -c 0 -v ${Math.floor((megabytes * 1e6) / 1024)}; exec "$@"`, 'bash', process.execPath];
  const { status, stdout, stderr } = spawnSync('bash', [...shell, ...args], { cwd });
  return { status, stdout: stdout.toString(), line: lastLine(stderr.toString()) };
}

const run = (out: string) => [
  BIN,
  'run',
  'mails.csv',
  ...flags,
  '--threads',
  '2',
  '--shots',
  '3',
  '--steps',
  '1',
  '--ui',
  'none',
  '--out',
  out,
];

describe.skipIf(process.platform !== 'linux')('a limited address space', () => {
  it('is refused before anything is made, where a run would need more', () => {
    const { status, line } = startWith(2000, run('narrow'));
    expect(line).toBe(
      'rlprompt: E_OS_LIMIT: the address space is limited to 2.0 GB (ulimit -v); at least 2.8 GB are needed, and more for large ' +
        'models · nothing was started · raise the limit: ulimit -v unlimited',
    );
    expect(status).toBe(71);
    expect(existsSync(join(cwd, 'narrow'))).toBe(false);
  });

  it('is refused by commands without a model too, before the engine ends them without a line', () => {
    const { status, line } = startWith(900, [BIN, 'tasks']);
    expect(line).toMatch(
      /E_OS_LIMIT: .* limited to 0\.9 GB .* at least 1\.2 GB are needed · nothing was started · raise/,
    );
    expect(status).toBe(71);
    expect(startWith(1210, [BIN, 'tasks'])).toMatchObject({ status: 0 });
  });

  it('is enough at the least that is asked for', () => {
    expect(startWith(2810, run('enough'))).toMatchObject({ status: 0 });
    expect(readdirSync(join(cwd, 'enough'))).toContain('best.json');
  });

  it('is named where it was the reason that memory was refused, and only then', () => {
    const reasons = ['std::bad_alloc', 'Failed to allocate memory for requested buffer', 'Protobuf parsing failed.'];
    const code = `import { addressesRefused } from ${JSON.stringify(LIMITS)};
      console.log(JSON.stringify(${JSON.stringify(reasons)}.map((reason) => addressesRefused(reason, 'm.onnx')?.line() ?? null)));`;
    const probe = ['--input-type=module', '-e', code];
    const said = JSON.parse(startWith(3000, probe).stdout) as (string | null)[];
    expect(said[0]).toMatch(/E_OS_LIMIT: .*limited to 3\.0 GB.*std::bad_alloc · m\.onnx · .* · raise the limit/);
    expect(said.map((line) => line !== null)).toEqual([true, true, false]);
    const unlimited = spawnSync(process.execPath, probe);
    expect(JSON.parse(unlimited.stdout.toString())).toEqual([null, null, null]);
  });
});
