import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { PARAMETER_NAMES } from '../../../src/policy/parameters/mlp-parameters.js';
import { readEarlierRun } from '../../../src/run/continue/earlier-run.js';
import { type KeptStart, readStart } from '../../../src/run/continue/start-file.js';
import { inspectRun } from '../../../src/run/doctor/inspect-run.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-continue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const at = (name: string) => join(folder, name);
const settings = (out: string, given: Partial<RunConfigInput> = {}): RunConfigInput => ({
  ...SMALL_RUN,
  steps: 4,
  innerSize: 16,
  context: ['A mail:'],
  task,
  out: at(out),
  ...given,
});
const second = (out: string, given: Partial<RunConfigInput> = {}) =>
  settings(out, { context: ['Another task:'], seed: 1, continueRun: at('first'), ...given });

beforeAll(async () => {
  expect((await followRun(settings('first'))).error).toBeUndefined();
});

const filesOf = (run: string) =>
  readdirSync(join(at(run), 'checkpoints')).map((file) => [
    file,
    readFileSync(join(at(run), 'checkpoints', file), 'hex'),
  ]);
const startOf = (run: string): KeptStart => readStart(at(run))!;

/** Mean of |θ − θ*|. */
function distance(run: string): number {
  const { parameters } = readEarlierRun(at(run));
  const before = startOf(run).parameters;
  const all = PARAMETER_NAMES.flatMap((name) => Array.from(parameters[name], (v, i) => Math.abs(v - before[name][i]!)));
  return all.reduce((sum, value) => sum + value / all.length, 0);
}

describe('a run that continues another', () => {
  it('starts with its policy; with --ewc 0 all is as without it', async () => {
    const plain = await followRun(second('plain'));
    await followRun(second('zero', { ewc: 0 }));
    expect(plain.error).toBeUndefined();
    expect(startOf('plain').parameters).toEqual(readEarlierRun(at('first')).parameters);
    expect(startOf('plain').fisher).toBeUndefined();
    expect(filesOf('zero')).toEqual(filesOf('plain'));
    const fresh = await followRun(second('fresh', { continueRun: undefined }));
    const textsOf = ({ events }: typeof fresh) =>
      events.flatMap((event) => (event.type === 'step-end' && event.step === 1 ? [event.entropy] : []));
    expect(textsOf(fresh)).not.toEqual(textsOf(plain));
  });

  it('is held near it by --ewc, says how much, and keeps all that resuming needs', async () => {
    const held = second('held', { ewc: 1e6 });
    const whole = await followRun(held);
    const penalties = whole.events.flatMap((e) => (e.type === 'step-end' ? [e.metrics['ewc/penalty']] : []));
    expect(penalties[0]).toBe(0);
    expect(penalties.at(-1)).toBeGreaterThan(0);
    expect(distance('held')).toBeLessThan(distance('plain'));
    const fisher = PARAMETER_NAMES.flatMap((name) => [...startOf('held').fisher![name]]);
    const mean = fisher.reduce((sum, value) => sum + value / fisher.length, 0);
    // A tenth of the mean was added to each: of what is kept, the smallest is an eleventh of the mean or more.
    expect(Math.min(...fisher)).toBeGreaterThan(0.999 * (mean / 11));
    const earlier = at('moved');
    cpSync(at('first'), earlier, { recursive: true });
    const broken = { ...held, out: at('broken'), continueRun: earlier };
    await followRun(broken, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 1) controls.stop('interrupted');
    });
    rmSync(earlier, { recursive: true });
    expect((await followRun(broken, { resume: at('broken') })).error).toBeUndefined();
    const steps = (run: string) => filesOf(run).filter(([name]) => name!.startsWith('step'));
    expect(steps('broken')).toEqual(steps('held'));
    expect(inspectRun(at('held')).find(({ check }) => check.endsWith('start.safetensors'))).toMatchObject({ ok: true });
  });

  it('adds its own Fisher information to that of the tasks before', async () => {
    await followRun(settings('third', { continueRun: at('held'), ewc: 1 }));
    await followRun(settings('third-alone', { continueRun: at('held'), ewc: 1, ewcDecay: 0 }));
    const [before, both, alone] = ['held', 'third', 'third-alone'].map((run) => startOf(run).fisher!.b2);
    for (const [i, value] of both!.entries()) expect(value).toBeCloseTo(before![i]! + alone![i]!, 6);
    expect(Math.max(...before!)).toBeGreaterThan(0);
  });

  it.each([
    ['E_CONTINUE_MISMATCH', second('r1', { innerSize: 8 })],
    ['E_CONTINUE_MISMATCH', second('r2', { priorBeta: 0.5 })],
    ['E_RUN_NOT_FOUND', second('r3', { continueRun: at('nowhere') })],
    ['E_CONFIG', second('r4', { trainer: 'hill-climb', context: undefined })],
    ['E_CONFIG', settings('r5', { ewc: 1 })],
    ['E_CONFIG', second('r8', { ewc: 1e308 })],
  ])('is refused before a folder is made: %s', async (code, refused) => {
    const { error } = await followRun(refused);
    expect(error?.code).toBe(code);
    expect(existsSync(refused.out!)).toBe(false);
  });

  it('is refused where the earlier run has no policy, or one of another generator LM', async () => {
    await followRun(settings('climb', { trainer: 'hill-climb', context: undefined, steps: 2 }));
    const none = await followRun(second('r6', { continueRun: at('climb') }));
    expect(none.error).toMatchObject({ code: 'E_CONTINUE_POLICY', exitCode: 66 });
    cpSync(at('first'), at('other'), { recursive: true });
    const manifest = readFileSync(join(at('other'), 'run.json'), 'utf8');
    writeFileSync(join(at('other'), 'run.json'), manifest.replace(/("generator": )"[0-9a-f]+/, '$1"0'));
    const { error } = await followRun(second('r7', { continueRun: at('other') }));
    expect(error).toMatchObject({ code: 'E_CONTINUE_MISMATCH' });
    expect(error?.message).toContain('generator LM');
  });

  it('warns where the earlier run was stopped, and where its last checkpoint is damaged', async () => {
    await followRun(settings('stopped', { checkpointEvery: 1 }), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 2) controls.stop('interrupted');
    });
    const last = readdirSync(join(at('stopped'), 'checkpoints'))
      .sort()
      .at(-1)!;
    const { step } = readEarlierRun(at('stopped')).checkpoint;
    expect(readEarlierRun(at('stopped')).warnings).toEqual([`the earlier run: it was stopped after step ${step} of 4`]);
    expect(readEarlierRun(at('first')).warnings).toEqual([]);
    writeFileSync(join(at('stopped'), 'checkpoints', last), 'nothing');
    const { events, error } = await followRun(second('after', { continueRun: at('stopped'), steps: 1 }));
    expect(error).toBeUndefined();
    const told = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(told[0]).toMatch(/^the earlier run: .*damaged.*going back to the checkpoint before it$/);
    expect(told[1]).toBe(`the earlier run: it was stopped after step ${step - 1} of 4`);
  });

  it('says so where what it began with is damaged', async () => {
    cpSync(at('plain'), at('damaged'), { recursive: true });
    writeFileSync(join(at('damaged'), 'checkpoints', 'start.safetensors'), 'nothing');
    const { error } = await followRun(second('damaged', { steps: 6 }), { resume: at('damaged') });
    expect(error).toMatchObject({ code: 'E_CONTINUE_FILE', exitCode: 65 });
  });
});
