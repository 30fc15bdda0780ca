import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { RunControls, RunEvent } from '../../../src/events.js';
import { readEvents } from '../../../src/run/store/logs/event-log.js';
import { type FollowedRun, followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-objectives-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const config = (name: string, more: Partial<RunConfigInput> = {}): RunConfigInput => ({
  ...SMALL_RUN,
  task,
  objectives: { fluency: 1, length: 0 },
  out: join(folder, name),
  ...more,
});

const CHANGE = { fluency: 3, length: 0.5 };

/** Changes the weights after step 3, and then does what the test is about. */
const changing =
  (then: (event: RunEvent, controls: RunControls) => void = () => {}) =>
  (event: RunEvent, controls: RunControls): void => {
    if (event.type === 'step-end' && event.step === 3) controls.setWeights(CHANGE);
    then(event, controls);
  };

function checkpointsOf(name: string): Record<string, string> {
  const path = join(folder, name, 'checkpoints');
  return Object.fromEntries(readdirSync(path).map((file) => [file, readFileSync(join(path, file)).toString('base64')]));
}

const resultOf = ({ result }: FollowedRun) => ({ ...result!, runDir: '', seconds: 0 });
const stepsOf = (name: string) =>
  [...readEvents(join(folder, name))].flatMap((event) =>
    event.type === 'step-end' ? [{ ...event, seq: 0, seconds: 0 }] : [],
  );

describe('a run with several objectives', () => {
  let whole: FollowedRun;
  beforeAll(async () => {
    whole = await followRun(config('whole'), {}, changing());
  }, 120_000);

  it('says its objectives, and logs the mean of each at every step', () => {
    expect(whole.events[0]).toMatchObject({
      combine: 'sum',
      objectives: [
        { name: 'task', weight: 1, range: [-180, 200] },
        { name: 'fluency', weight: 1, range: [-20, 0] },
        { name: 'length', weight: 0, range: [-10, 0] },
      ],
    });
    for (const { parts, rewardMean, step } of stepsOf('whole')) {
      expect(Object.keys(parts!)).toEqual(['task', 'fluency', 'length']);
      const [u, f, l] = [(parts!.task! + 180) / 380, (parts!.fluency! + 20) / 20, (parts!.length! + 10) / 10];
      const expected = step <= 3 ? (u + f) / 2 : (u + 3 * f + 0.5 * l) / 4.5;
      expect(rewardMean).toBeCloseTo(100 * expected, 6);
    }
  });

  it('gives the parts of every prompt, and chooses by the metric on dev', () => {
    const last = whole.events.filter((event) => event.type === 'evaluation-end').at(-1)!;
    for (const { parts, reward } of last.prompts) {
      const [u, f, l] = [(parts!.task! + 180) / 380, (parts!.fluency! + 20) / 20, (parts!.length! + 10) / 10];
      expect(reward).toBeCloseTo((100 * (u + 3 * f + 0.5 * l)) / 4.5, 9);
    }
    const accuracies = last.prompts.map(({ dev }) => dev!.accuracy!);
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    expect(Object.keys(whole.result!.best.parts!)).toEqual(['task', 'fluency', 'length']);
  });

  it('records a change of weights, and keeps it at once', () => {
    const at = whole.events.findIndex(({ type }) => type === 'weights-changed');
    expect(whole.events[at]).toMatchObject({
      step: 3,
      weights: { task: 1, fluency: 3, length: 0.5 },
      before: { task: 1, fluency: 1, length: 0 },
    });
    expect(whole.events[at + 1]).toMatchObject({ type: 'checkpoint-saved', step: 3 });
  });

  it('ends the same when it is stopped after the change and resumed', { timeout: 120_000 }, async () => {
    const stopping = changing((event, controls) => {
      if (event.type === 'weights-changed') controls.stop('interrupted');
    });
    expect((await followRun(config('stopped'), {}, stopping)).error).toMatchObject({ code: 'E_INTERRUPTED' });
    const resumed = await followRun(config('stopped'), { resume: join(folder, 'stopped') });
    expect(resumed.events[0]).toMatchObject({
      resumedAtStep: 3,
      objectives: [{ weight: 1 }, { weight: 3 }, { weight: 0.5 }],
    });
    expect(resultOf(resumed)).toEqual(resultOf(whole));
    expect(checkpointsOf('stopped')).toEqual(checkpointsOf('whole'));
    expect(stepsOf('stopped')).toEqual(stepsOf('whole'));
  });

  it('ends the same when the weights are changed while it is paused', { timeout: 120_000 }, async () => {
    const paused = await followRun(config('paused'), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 3) controls.pause();
      if (event.type !== 'run-paused') return;
      controls.setWeights(CHANGE);
      controls.continue();
    });
    expect(resultOf(paused)).toEqual(resultOf(whole));
    expect(checkpointsOf('paused')).toEqual(checkpointsOf('whole'));
  });

  it('makes the change again when it was killed before the change was saved', { timeout: 120_000 }, async () => {
    const copying = changing((event) => {
      if (event.type !== 'weights-changed') return;
      // All that is on the disk between the event and its checkpoint.
      cpSync(join(folder, 'living'), join(folder, 'killed'), { recursive: true });
      rmSync(join(folder, 'killed', 'lock'), { force: true });
    });
    await followRun(config('living'), {}, copying);
    const out = join(folder, 'killed');
    const resumed = await followRun(config('living', { out }), { resume: out });
    expect(resumed.events[0]).toMatchObject({
      resumedAtStep: 2,
      objectives: [{ weight: 1 }, { weight: 1 }, { weight: 0 }],
    });
    expect(resumed.events.filter(({ type }) => type === 'weights-changed')).toHaveLength(1);
    expect(resultOf(resumed)).toEqual(resultOf(whole));
    expect(checkpointsOf('killed')).toEqual(checkpointsOf('whole'));
  });

  it.each(['sparse-q-learning', 'evolution', 'mcts'] as const)(
    'continues the same after a change and a stop (%s)',
    { timeout: 120_000 },
    async (trainer) => {
      const more = { trainer, combine: 'product', steps: 5 } as const;
      const unbroken = await followRun(config(`u-${trainer}`, more), {}, changing());
      const stopping = changing((event, controls) => {
        if (event.type === 'step-end' && event.step === 4) controls.stop('user');
      });
      await followRun(config(`s-${trainer}`, more), {}, stopping);
      const resumed = await followRun(config(`s-${trainer}`, more), { resume: join(folder, `s-${trainer}`) });
      expect(resultOf(resumed)).toEqual(resultOf(unbroken));
      expect(checkpointsOf(`s-${trainer}`)).toEqual(checkpointsOf(`u-${trainer}`));
    },
  );

  it('refuses weights that mean nothing, says so and continues', { timeout: 120_000 }, async () => {
    const asked = [{ judge: 1 }, { fluency: -1 }, { fluency: Number.NaN }, { task: 0, fluency: 0, length: 0 }];
    const { events, result } = await followRun(config('refused', { steps: 2 }), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 1) for (const weights of asked) controls.setWeights(weights);
    });
    const messages = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(messages).toEqual([
      'the weights stay as they are: no objective "judge"; there are task, fluency, length',
      'the weights stay as they are: the weight of fluency is -1, expected 0 or more',
      'the weights stay as they are: the weight of fluency is NaN, expected 0 or more',
      'the weights stay as they are: the weights sum to zero: nothing would be rewarded',
    ]);
    expect(events.some(({ type }) => type === 'weights-changed')).toBe(false);
    expect(result!.steps).toBe(2);
  });
});

describe('a run with the task’s own reward alone', () => {
  it('has no objectives to weigh', { timeout: 120_000 }, async () => {
    const more = { steps: 2, objectives: { task: 1 } };
    const { events } = await followRun(config('alone', more), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 1) controls.setWeights({ fluency: 1 });
    });
    expect(events[0]).not.toHaveProperty('objectives');
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ code: 'weights-refused' });
    expect(stepsOf('alone')[0]).not.toHaveProperty('parts');
  });
});
