import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../../src/errors.js';
import { nodeFileSystem } from '../../../src/files/file-system.js';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { readBest } from '../../../src/run/store/best-file.js';
import { compileProgram } from '../../compile-program.js';
import { tell } from '../report/figures.js';
import { type Fault, faultyFileSystem } from './faulty-file-system.js';
import { halfToyRun, STEPS } from './half-toy-run.js';
import { prepareToyRun, toyRun } from './toy-run.js';

const { base, copyOf, expected } = halfToyRun('faults');

function leftovers(runDir: string): string[] {
  const names = [...readdirSync(runDir), ...readdirSync(join(runDir, 'checkpoints'))];
  return names.filter((name) => name.includes('.tmp') || name.startsWith('lock'));
}

/** Runs a cycle with the fault; undefined where it came to its end all the same. */
function failureOf(runDir: string, plan: { at: number; fault: Fault; always: boolean }): RlpromptError | undefined {
  try {
    toyRun(runDir, { fs: faultyFileSystem(plan).fs, steps: STEPS });
    return undefined;
  } catch (error) {
    if (error instanceof RlpromptError) return error;
    throw error;
  } finally {
    // The end of the process frees a lock that could not be removed; this process continues.
    rmSync(join(runDir, 'lock'), { force: true });
  }
}

const cases: [string, Fault, string[]][] = [
  ['ENOSPC', { errno: 'ENOSPC' }, ['E_IO']],
  ['EIO', { errno: 'EIO' }, ['E_IO']],
  ['EACCES', { errno: 'EACCES' }, ['E_CANNOT_CREATE', 'E_NO_PERMISSION']],
  ['EMFILE', { errno: 'EMFILE' }, ['E_OS_LIMIT']],
  ['a short write', { shortWrite: true }, ['E_IO']],
];

describe.each(cases)('%s at any file operation of a cycle', (name, fault, codes) => {
  it.for([false, true])(
    'is a named error, and the run continues from what stood before (for ever: %s)',
    { timeout: 120_000 },
    (always, context) => {
      const { fs, operations } = faultyFileSystem();
      toyRun(copyOf(`${name}-${always}-count`), { fs, steps: STEPS });
      let failed = 0;
      for (let at = 1; at <= operations.length; at++) {
        const runDir = copyOf(`${name}-${always}-${at}`);
        const error = failureOf(runDir, { at, fault, always });
        if (error) expect(codes, `${operations[at - 1]} ${at}: ${error.message}`).toContain(error.code);
        failed += error ? 1 : 0;
        expect(readLatestCheckpoint(runDir)?.warnings).toEqual([]);
        expect(toyRun(runDir, { fs: nodeFileSystem, steps: STEPS }), `${operations[at - 1]} ${at}`).toBe(expected);
        expect(leftovers(runDir)).toEqual([]);
        rmSync(runDir, { recursive: true });
      }
      // A single short write is made good; everything else must be seen somewhere.
      if (!('shortWrite' in fault) || always) expect(failed).toBeGreaterThan(5);
      else expect(failed).toBe(0);
      tell(context, { faults: operations.length });
    },
  );
});

describe('a file that may not grow any further', () => {
  const program = compileProgram('tests/faults/file-operations/toy-program.ts', base);

  it.skipIf(process.platform === 'win32').each([1, 2, 3])(
    'ends the run with exit 74 at a limit of %i KiB, and the run continues once there is room',
    (kibibytes) => {
      const runDir = join(copyOf(`limit-${kibibytes}`), 'run');
      mkdirSync(runDir);
      prepareToyRun(runDir);
      writeFileSync(join(runDir, 'best.json'), 'as it was');
      const limited = ['-c', `ulimit -f ${kibibytes}; exec "$@"`, 'bash', process.execPath, program, runDir, '40'];
      const { status, stderr } = spawnSync('bash', limited);
      expect(status, stderr.toString()).toBe(74);
      expect(stderr.toString()).toMatch(/^rlprompt: E_IO: cannot write .*EFBIG.* · .* · free some space/);
      const isOld = readFileSync(join(runDir, 'best.json'), 'utf8') === 'as it was';
      expect(isOld || readBest(runDir)?.prompt.text).toEqual(isOld || expect.stringMatching(/^\d+$/));
      const end = toyRun(runDir, { fs: nodeFileSystem, steps: 40 });
      const unbroken = join(base, 'unbroken-40');
      if (!existsSync(unbroken)) mkdirSync(unbroken);
      prepareToyRun(unbroken);
      expect(end).toBe(toyRun(unbroken, { fs: nodeFileSystem, steps: 40 }));
    },
  );
});
