import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { followRun } from '../follow-run.js';
import { temporaryFolder } from '../run/temporary-folder.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';
import { tell } from './report/figures.js';
import { SLOW_TASK } from './slow-task.js';

/**
 * RLPROMPT_TEST_STOPS=40 for a run of 40 steps that is stopped after each of them. The default has a stop before, at and after
 * a checkpoint.
 */
const STOPS = Number(process.env.RLPROMPT_TEST_STOPS ?? 4);

/** The digest of the last checkpoint of a run that is stopped after these steps, and resumed each time. */
async function endOf(config: RunConfigInput & { out: string }, stops: readonly number[]): Promise<string> {
  let isFirst = true;
  for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
    const options = isFirst ? {} : { resume: config.out };
    isFirst = false;
    const { error } = await followRun(config, options, (event, controls) => {
      if (event.type === 'step-end' && event.step >= stop) controls.stop('user');
    });
    expect(error?.code).toBe(stop === Number.POSITIVE_INFINITY ? undefined : 'E_INTERRUPTED');
  }
  return lastCheckpoint(config.out);
}

function lastCheckpoint(runDir: string): string {
  const checkpoints = join(runDir, 'checkpoints');
  const last = readdirSync(checkpoints)
    .filter((file) => file.startsWith('step-'))
    .sort()
    .at(-1)!;
  return createHash('sha256')
    .update(readFileSync(join(checkpoints, last)))
    .digest('hex');
}

it('a run that is stopped after every step, or after all of them in turn, ends with the bits of an unbroken one', async (context) => {
  const folder = temporaryFolder();
  const settings = { ...SMALL_RUN, task: writeSmallData(folder), steps: STOPS + 1, checkpointEvery: 3 };
  const config = (name: string) => ({ ...settings, out: join(folder, name) });
  const whole = await endOf(config('whole'), []);
  const steps = Array.from({ length: STOPS }, (_, i) => i + 1);
  for (const step of steps) expect(await endOf(config(`at-${step}`), [step]), `stopped after ${step}`).toBe(whole);
  expect(await endOf(config('nested'), steps)).toBe(whole);
  tell(context, { stops: 2 * STOPS });
}, 600_000);

it('a run that is stopped in its final evaluation makes no step again, and ends with the bits of an unbroken one', async (context) => {
  const folder = temporaryFolder();
  const task = join(folder, 'slow.mjs');
  writeFileSync(task, SLOW_TASK);
  const settings = { task, innerSize: 64, steps: 4, checkpointEvery: 3, candidates: 4 };
  const config = (name: string) => ({ ...settings, out: join(folder, name) });
  const whole = await endOf(config('whole'), []);
  for (const reason of ['user', 'interrupted'] as const) {
    const { out } = config(reason);
    const stopped = await followRun(config(reason), {}, (event, controls) => {
      if (event.type !== 'phase-start' || event.phase !== 'final-evaluation') return;
      controls.stop(reason);
      // Beyond the time that a run has to stop: what is under way is given up.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
    });
    expect(stopped.error).toMatchObject({
      code: 'E_INTERRUPTED',
      message: 'stopped in the final evaluation',
      kept: 'all 4 steps and every computed score are kept',
    });
    expect(stopped.events.at(-1)).toMatchObject({ type: 'run-interrupted', step: 4, during: 'final-evaluation' });
    const again: number[] = [];
    const resumed = await followRun(config(reason), { resume: out }, (event) => {
      if (event.type === 'step-end') again.push(event.step);
    });
    expect(resumed.error).toBeUndefined();
    expect(again).toEqual([]);
    expect(lastCheckpoint(out)).toBe(whole);
  }
  tell(context, { stops: 2 });
}, 600_000);

it.each<[what: string, settings: Partial<RunConfigInput>]>([
  ['prompts', { candidates: 3 }],
  ['a policy that reads inputs', { inputConditioned: true, inputsPerStep: 2 }],
])(
  'a run of %s that is killed between two writes of its end ends with the bits of an unbroken one',
  async (_, goal) => {
    const folder = temporaryFolder();
    const out = join(folder, 'whole');
    // No evaluation follows the last step, so the end has to make one.
    const settings = { ...SMALL_RUN, ...goal, task: writeSmallData(folder), steps: 5, out };
    const atEvents: string[] = [];
    const { result } = await followRun(settings, {}, ({ type, seq }) => {
      if (atEvents.length === 0 && type !== 'phase-start') return;
      const copy = join(folder, `at-${seq}-${type}`);
      cpSync(out, copy, { recursive: true });
      rmSync(join(copy, 'lock'));
      if (type === 'phase-start') atEvents.length = 0;
      atEvents.push(copy);
    });
    const finished = atEvents.pop()!;
    const [checkpointSaved, beforeIt] = [atEvents.at(-1)!, atEvents.at(-2)!];
    expect([checkpointSaved, finished].map((name) => name.replace(/.*-\d+-/, ''))).toEqual([
      'checkpoint-saved',
      'run-end',
    ]);
    // The result is written before the checkpoint.
    const resultWritten = join(folder, 'result-written');
    cpSync(beforeIt, resultWritten, { recursive: true });
    copyFileSync(join(out, 'best.json'), join(resultWritten, 'best.json'));
    for (const killed of [...atEvents, resultWritten]) {
      const resumed = await followRun({ ...settings, out: killed }, { resume: killed });
      expect(resumed.error).toBeUndefined();
      expect(lastCheckpoint(killed)).toBe(lastCheckpoint(out));
      expect({ ...resumed.result, runDir: out, seconds: 0 }).toEqual({ ...result, seconds: 0 });
      expect(resumed.events.at(-1)).toMatchObject({ type: 'run-end', result: resumed.result });
    }
  },
  600_000,
);

it('a run that reuses no score ends with the weights of one that does', async () => {
  const folder = temporaryFolder();
  const settings = { ...SMALL_RUN, task: writeSmallData(folder) };
  const weights = async (name: string, cache: boolean) => {
    const { result, error } = await followRun({ ...settings, out: join(folder, name), cache });
    expect(error).toBeUndefined();
    return result!.best;
  };
  expect(await weights('without', false)).toEqual(await weights('with', true));
});
