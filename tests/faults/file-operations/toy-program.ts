import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { RlpromptError } from '../../../src/errors.js';
import { faultyFileSystem } from './faulty-file-system.js';
import { toyRun } from './toy-run.js';

/** `node toy-program.js RUN_DIR STEPS [KILL_AT before|after]`: a toy run in a process of its own, to be killed. */
const [runDir = '', steps, killAt, when] = process.argv.slice(2);
const plan = killAt ? { at: Number(killAt), fault: { kill: when as 'before' | 'after' } } : {};
const note = (file: string) => (key: string) => appendFileSync(join(runDir, '..', file), `${key}\n`);
let isUnderWay = false;
/** Says once that new rewards are being paid for: from here on a kill finds a run in full course. */
const acknowledge = (key: string): void => {
  note('acknowledged')(key);
  if (!isUnderWay) process.stdout.write('under way\n');
  isUnderWay = true;
};
try {
  const { fs } = faultyFileSystem(plan);
  process.stdout.write(`${toyRun(runDir, { fs, steps: Number(steps), pay: note('paid'), acknowledge })}\n`);
} catch (error) {
  if (!(error instanceof RlpromptError)) throw error;
  process.stderr.write(`${error.line()}\n`);
  process.exitCode = error.exitCode;
}
