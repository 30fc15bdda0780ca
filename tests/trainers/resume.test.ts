import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { TRAINER_NAMES } from '../../src/trainers/trainer-table.js';
import { followRun } from '../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-resume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const phrases = join(folder, 'phrases.txt');
writeFileSync(phrases, 'This mail is\nTopic:\nThe sender wants\nSubject\nIn short\n');

/** Every trainer, and what changes how one proposes or learns. */
const RUNS: Readonly<Record<string, Partial<RunConfigInput>>> = {
  ...Object.fromEntries(TRAINER_NAMES.map((trainer) => [trainer, { trainer }])),
  ...Object.fromEntries(
    (['log-variance', 'soft-q-learning', 'reinforce', 'ppo', 'best-of-n'] as const).map((trainer) => [
      `${trainer}, prompts of several lengths`,
      { trainer, promptLength: '2..6', priorBeta: 1 },
    ]),
  ),
  'ppo with phrases': { trainer: 'ppo', actions: phrases },
  'ppo near the LM and some texts': { trainer: 'ppo', priorBeta: 1, klIn: 'reward', ptx: phrases },
  'log-variance, cooled, some examples a step': { rewardToEnd: [0, 40], examplesPerStep: 3 },
  'log-variance, racing on some examples a step': { racing: true, examplesPerStep: 4, shots: 5 },
};

function settings(name: string, out: string): RunConfigInput {
  return {
    ...SMALL_RUN,
    steps: 4,
    innerSize: 16,
    evaluationEvery: 3,
    checkpointEvery: 2,
    populationSize: 6,
    task,
    out: join(folder, out),
    ...RUNS[name],
  };
}

function lastCheckpoint(out: string): { file: string; bytes: string } {
  const path = join(folder, out, 'checkpoints');
  const file = readdirSync(path).sort().at(-1)!;
  return { file, bytes: readFileSync(join(path, file)).toString('base64') };
}

describe('a run on a language model that is stopped in the middle and resumed', () => {
  it.each(Object.keys(RUNS))('ends with the checkpoint of the unbroken run: %s', async (name) => {
    const whole = await followRun(settings(name, `whole ${name}`));
    expect(whole.error).toBeUndefined();
    const stopped = settings(name, `stopped ${name}`);
    const before = await followRun(stopped, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 2) controls.stop('interrupted');
    });
    expect(before.error).toMatchObject({ code: 'E_INTERRUPTED' });
    const after = await followRun(stopped, { resume: stopped.out! });
    expect(after.events[0]).toMatchObject({ type: 'run-start', resumedAtStep: 2 });
    expect(lastCheckpoint(`stopped ${name}`)).toEqual(lastCheckpoint(`whole ${name}`));
    expect({ ...after.result, runDir: '', seconds: 0 }).toEqual({ ...whole.result, runDir: '', seconds: 0 });
  });
});
