import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { RlpromptError } from '../../src/errors.js';
import { faultyFileSystem } from './faulty-file-system.js';
import { toyRun } from './toy-run.js';

/** `node toy-program.js RUN_DIR STEPS [KILL_AT before|after]`: a toy run in a process of its own, to be killed. */
const [runDir = '', steps, killAt, when] = process.argv.slice(2);
const plan = killAt ? { at: Number(killAt), fault: { kill: when as 'before' | 'after' } } : {};
const note = (file: string) => (key: string) => appendFileSync(join(runDir, '..', file), `${key}\n`);
try {
  process.stdout.write('started\n');
  const { fs } = faultyFileSystem(plan);
  process.stdout.write(
    `${toyRun(runDir, { fs, steps: Number(steps), pay: note('paid'), acknowledge: note('acknowledged') })}\n`,
  );
} catch (error) {
  if (!(error instanceof RlpromptError)) throw error;
  process.stderr.write(`${error.line()}\n`);
  process.exitCode = error.exitCode;
}
