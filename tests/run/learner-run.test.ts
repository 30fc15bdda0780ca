import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import type { RunEvent } from '../../src/events.js';
import { readLatestCheckpoint } from '../../src/run/checkpoint/checkpoint.js';
import type { SavedRun } from '../../src/run/loop/saved-run.js';
import { followRun } from '../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-learner-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const settings = (out: string, given: Partial<RunConfigInput>): RunConfigInput => ({
  ...SMALL_RUN,
  innerSize: 16,
  task,
  out: join(folder, out),
  ...given,
});
const stepsOf = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'step-end' ? [event] : []));

describe('a run whose reward scale changes', () => {
  it('goes from one range to the other, and keeps its line when it is resumed with higher limits', async () => {
    const cooled = settings('cooled', { steps: 5, rewardTo: [0, 10], priorBeta: 0, rewardToEnd: [0, 40] });
    const first = await followRun(cooled, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 3) controls.stop('interrupted');
    });
    const rest = await followRun({ ...cooled, steps: 7 }, { resume: cooled.out! });
    const scales = stepsOf([...first.events, ...rest.events]).map(({ metrics }) => metrics['reward/scale']);
    expect(scales).toEqual([10, 16, 22, 28, 34, 40, 40]);
  });

  it('is cooled less where the policy is too sure, resumed or not', async () => {
    const hasty = { promptLength: 1, learningRate: 0.02, innerSize: 128 };
    const cut = settings('sure', { steps: 5, rewardTo: [0, 10], rewardToEnd: [0, 40], calibrate: 'none', ...hasty });
    const first = await followRun(cut, {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 3) controls.stop('interrupted');
    });
    const rest = await followRun(cut, { resume: cut.out! });
    const steps = stepsOf([...first.events, ...rest.events]);
    const sureBefore = steps.map((_, step) => steps.slice(0, step).filter(({ entropy }) => entropy < 1).length);
    const line = [10, 16, 22, 28, 34].map((width, step) => expect.closeTo(width * 2 ** (-0.15 * sureBefore[step]!), 9));
    expect(steps.map(({ metrics }) => metrics['reward/scale'])).toEqual(line);
    expect(sureBefore[2]).toBeLessThan(sureBefore[4]!);
    expect(sureBefore[2]).toBeGreaterThan(0);
  });

  it('says nothing of a scale that does not change', async () => {
    const { events } = await followRun(settings('constant', { steps: 1, rewardTo: [0, 10] }));
    expect(stepsOf(events)[0]!.metrics).not.toHaveProperty('reward/scale');
  });
});

describe('a run with some of the train examples in each step', () => {
  it('pays for those only, and ranks prompts on all', async () => {
    const some = settings('some', { steps: 4, shots: 4, examplesPerStep: 4, evaluationEvery: 2, trainer: 'random' });
    const { events, result } = await followRun(some);
    const [one, two] = stepsOf(events);
    expect(two!.forwards - one!.forwards).toBe(4 * 4);
    const ranked = events.flatMap((event) => (event.type === 'evaluation-end' ? event.prompts : []));
    expect(ranked.length).toBeGreaterThan(2);
    // Of eight examples: an eighth or a multiple of it; of four it would be a quarter.
    expect(ranked.every(({ train }) => Number.isInteger(train.accuracy! * 8))).toBe(true);
    expect(ranked.some(({ train }) => !Number.isInteger(train.accuracy! * 4))).toBe(true);
    expect(result!.steps).toBe(4);
  });

  it('is refused where each step has all of them anyway', async () => {
    const { error } = await followRun(settings('all', { shots: 3, examplesPerStep: 6 }));
    expect(error).toMatchObject({ code: 'E_CONFIG', exitCode: 78 });
    expect(error!.message).toContain('6 train examples: every step has all of them');
  });
});

describe('a run that races its prompts', () => {
  it('ranks only those that were scored on all train examples', async () => {
    const raced = settings('raced', { steps: 2, shots: 10, promptsPerStep: 8, racing: true, trainer: 'random' });
    const { events } = await followRun(raced);
    expect(stepsOf(events)).toHaveLength(2);
    const { checkpoint } = readLatestCheckpoint(raced.out!)!;
    const { candidates } = checkpoint.json as SavedRun;
    const perStep = [1, 2].map((step) =>
      candidates.filter((prompt) => prompt.step === step && prompt.origin === 'policy'),
    );
    expect(perStep.map(({ length }) => length)).toEqual([2, 2]);
    const train = 20;
    for (const { train: measured } of candidates)
      expect(measured.accuracy! * train).toBeCloseTo(Math.round(measured.accuracy! * train), 9);
  });
});
