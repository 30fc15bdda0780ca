import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../src/config/run-config.js';
import type { PromptInspection, RunEvent, RunResult } from '../src/events.js';
import { readEvents } from '../src/run/store/logs/event-log.js';
import { requireOwnFiles } from '../src/run/store/own-files.js';
import { followRun } from './follow-run.js';
import { temporaryFolder } from './run/temporary-folder.js';
import { SMALL_RUN, writeSmallData } from './small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-optimize-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const config = (name: string, overrides: Partial<RunConfigInput> = {}): RunConfigInput => ({
  ...SMALL_RUN,
  task,
  out: join(folder, name),
  ...overrides,
});

function checkpointsOf(name: string): Record<string, string> {
  const path = join(folder, name, 'checkpoints');
  return Object.fromEntries(readdirSync(path).map((file) => [file, readFileSync(join(path, file)).toString('base64')]));
}

const withoutTime = (events: readonly RunEvent[]): unknown[] =>
  events.map((event) => {
    const {
      seconds: _,
      elapsedSeconds: __,
      runDir: ___,
      result,
      ...rest
    } = event as RunEvent & Record<string, unknown>;
    return result ? { ...rest, result: { ...(result as RunResult), seconds: 0, runDir: '' } } : rest;
  });

describe('optimize', () => {
  it('tells a run in order: start, baselines, steps, evaluations, checkpoints, end', async () => {
    const { events, result } = await followRun(config('order'));
    const types = events.map(({ type }) => type);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(types[0]).toBe('run-start');
    expect(types.at(-1)).toBe('run-end');
    expect(types.filter((type) => type === 'step-end').length).toBe(6);
    expect(types.filter((type) => type === 'evaluation-end').length).toBe(4);
    expect(types.indexOf('baselines-end')).toBeLessThan(types.indexOf('step-end'));
    expect([...readEvents(join(folder, 'order'))]).toEqual(JSON.parse(JSON.stringify(events)));
    expect(result).toMatchObject({ schemaVersion: 1, steps: 6, stopReason: 'steps', trainer: 'log-variance', seed: 0 });
    const prompts = events.flatMap((event) => (event.type === 'evaluation-end' ? event.prompts : []));
    const ofPolicy = prompts.filter(({ origin }) => origin === 'policy');
    expect(new Set(ofPolicy.map(({ tokenIds }) => tokenIds.length))).toEqual(new Set([5]));
    expect(result!.best.test.n).toBe(30);
    const baselines = events.find((event) => event.type === 'baselines-end')?.baselines;
    expect(result!.baselines.empty.dev).toEqual(baselines?.[0]?.dev);
  });

  it('recommends a baseline where the search finds nothing that is better on dev, and says so', async () => {
    const manualPrompts = ['This mail is about', 'The subject is', 'It is all', 'Category:', 'This is'];
    const { result, events } = await followRun(config('baseline', { trainer: 'random', steps: 1, manualPrompts }));
    const { best, baselines, verdict } = result!;
    const dev = [baselines.empty, ...baselines.manuals!].map((baseline) => baseline.dev.accuracy!);
    expect(['empty', 'manual']).toContain(best.origin);
    expect(best.dev.accuracy).toBe(Math.max(...dev));
    expect(verdict).toMatchObject({ baseline: best.prompt, n: 30, measure: 'accuracy' });
    expect(verdict!.sentence).toContain('The baseline ranks higher on dev, so it is recommended');
    const first = events.find((event) => event.type === 'best-prompt-updated');
    expect(first).toMatchObject({ step: 0, prompt: { text: best.prompt } });
  });

  it('is the same run for the same seed, and another for another', async () => {
    const first = await followRun(config('same-1'));
    const second = await followRun(config('same-2'));
    const other = await followRun(config('other', { seed: 1 }));
    expect(withoutTime(second.events)).toEqual(withoutTime(first.events));
    expect(checkpointsOf('same-2')).toEqual(checkpointsOf('same-1'));
    const searched = (events: readonly RunEvent[]): string[] =>
      events.flatMap((event) => (event.type === 'evaluation-end' ? event.prompts.map(({ text }) => text) : []));
    expect(searched(other.events)).not.toEqual(searched(first.events));
  });

  it.each(['log-variance', 'soft-q-learning'] as const)(
    'resumes after a stop as if there had been none (%s)',
    async (trainer) => {
      const whole = await followRun(config(`whole-${trainer}`, { trainer }));
      const stopped = await followRun(config(`stopped-${trainer}`, { trainer }), {}, (event, controls) => {
        if (event.type === 'step-end' && event.step === 3) controls.stop('interrupted');
      });
      expect(stopped.error).toMatchObject({ code: 'E_INTERRUPTED', exitCode: 130 });
      expect(stopped.events.at(-1)).toMatchObject({ type: 'run-interrupted', step: 3 });
      const resume = join(folder, `stopped-${trainer}`);
      const resumed = await followRun(config(`stopped-${trainer}`, { trainer }), { resume });
      expect(checkpointsOf(`stopped-${trainer}`)).toEqual(checkpointsOf(`whole-${trainer}`));
      expect({ ...resumed.result, runDir: '', seconds: 0 }).toEqual({ ...whole.result, runDir: '', seconds: 0 });
      expect(resumed.events[0]).toMatchObject({ type: 'run-start', resumedAtStep: 3 });
    },
  );

  it('ends at the limit of forwards, and says so', async () => {
    const { result } = await followRun(config('forwards', { forwards: 90, steps: 100 }));
    expect(result!.stopReason).toBe('forwards');
    expect(result!.steps).toBeLessThan(100);
  });

  it('starts nothing where the signal is aborted before it begins', async () => {
    const { error, events } = await followRun(config('aborted'), { signal: AbortSignal.abort() });
    expect(error!.code).toBe('E_INTERRUPTED');
    expect(events).toEqual([]);
    expect(existsSync(join(folder, 'aborted'))).toBe(false);
  });

  it('ends at once where the signal is aborted while a task is loaded', async () => {
    const slow = join(folder, 'slow.task.mjs');
    writeFileSync(slow, 'await new Promise((done) => setTimeout(done, 60_000).unref());');
    const since = performance.now();
    const { error } = await followRun({ ...config('slow'), task: slow }, { signal: AbortSignal.timeout(200) });
    expect(error!.code).toBe('E_INTERRUPTED');
    expect(performance.now() - since).toBeLessThan(30_000);
    expect(existsSync(join(folder, 'slow'))).toBe(false);
  });

  it('scores a prompt that a person types, exports on request, evaluates and saves between two steps', async () => {
    const { events } = await followRun(config('controls', { evaluationCandidates: 50 }), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 2) {
        controls.addPrompt('This mail is about');
        controls.evaluate();
        controls.exportBest();
        controls.save();
      }
    });
    const added = events.find((event) => event.type === 'prompt-added');
    expect(added).toMatchObject({ step: 2, prompt: { text: 'This mail is about', origin: 'user' } });
    const exported = events.find((event) => event.type === 'prompt-exported');
    expect(exported).toBeDefined();
    expect(JSON.parse(readFileSync(join(folder, 'controls', 'export.json'), 'utf8')).prompt).toBeTypeOf('string');
    expect(
      events.some((event) => event.type === 'evaluation-end' && event.prompts.some((p) => p.origin === 'user')),
    ).toBe(true);
  });

  it('shows how a prompt does row by row, and is the same run whether somebody looks or not', async () => {
    await followRun(config('unseen'));
    const answers: Promise<PromptInspection>[] = [];
    const { events } = await followRun(config('seen'), {}, (event, controls) => {
      if (event.type === 'step-end' && event.leader && event.step === 1)
        answers.push(controls.inspect(event.leader.text));
      if (event.type === 'best-prompt-updated') answers.push(controls.inspect(event.prompt.text));
    });
    expect(checkpointsOf('seen')).toEqual(checkpointsOf('unseen'));
    expect(events.some((event) => event.type === 'step-end' && event.leader?.dev)).toBe(false);
    const seen = await Promise.all(answers);
    expect(seen.map(({ split }) => split)).toEqual(expect.arrayContaining(['train', 'dev']));
    const evaluated = events.flatMap((event) => (event.type === 'best-prompt-updated' ? [event.prompt] : []));
    const inspections = seen.filter(({ split }) => split === 'dev');
    expect(inspections).toHaveLength(evaluated.length);
    inspections.forEach(({ perClass, hardest, rendered }, i) => {
      const right = perClass.reduce((sum, { n, accuracy }) => sum + n * accuracy, 0);
      const total = perClass.reduce((sum, { n }) => sum + n, 0);
      expect(right / total).toBeCloseTo(evaluated[i]!.dev!.accuracy!, 12);
      expect(hardest).toHaveLength(5);
      expect(hardest[0]!.probability).toBeLessThanOrEqual(hardest[4]!.probability);
      expect(rendered).toContain(hardest[0]!.text);
      expect(rendered).toContain(evaluated[i]!.text);
    });
  });

  it('exports in the format that is asked for, and says why where it does not', async () => {
    const { events } = await followRun(config('formats'), {}, (event, controls) => {
      if (event.type === 'evaluation-end' && event.step === 2) {
        for (const format of ['python', 'lm-eval', 'pyhton']) controls.exportBest(format);
      }
    });
    const written = events.flatMap((event) => (event.type === 'prompt-exported' ? [event.file] : []));
    const exported = join(folder, 'formats', 'exports');
    expect(written).toEqual([join(exported, 'python', 'best.py'), join(exported, 'lm-eval')]);
    expect(
      readFileSync(join(exported, 'lm-eval', 'test.jsonl'), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(30);
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'export-refused', message: expect.stringContaining('did you mean python?') }),
    );
    expect(() => requireOwnFiles(join(folder, 'formats'))).not.toThrow();
  });

  it('pauses between two steps until it is told to go on', async () => {
    const order: string[] = [];
    const { result } = await followRun(config('paused'), {}, (event, controls) => {
      order.push(event.type);
      if (event.type === 'step-end' && event.step === 2) controls.pause();
      if (event.type === 'run-paused') setTimeout(() => controls.continue(), 20);
    });
    const paused = order.indexOf('run-paused');
    expect(order[paused + 1]).toBe('run-continued');
    expect(result!.steps).toBe(6);
  });

  it('takes prompts to start from', async () => {
    const { events } = await followRun(
      config('warm', { initPrompts: ['Click here', 'a much longer sentence than a prompt has tokens'] }),
    );
    expect(events.filter((event) => event.type === 'prompt-added').map((event) => event.prompt.origin)).toEqual([
      'warm-start',
      'warm-start',
    ]);
  });

  it('leaves nothing behind when the model cannot be found', async () => {
    const { error } = await followRun(config('no-model', { generator: './no-such-model' }));
    expect(error!.exitCode).toBe(66);
    expect(readdirSync(folder)).not.toContain('no-model');
  });

  it('refuses to resume when the data changed', async () => {
    const other = temporaryFolder();
    const data = writeSmallData(other);
    const settings = { ...SMALL_RUN, task: data, out: join(other, 'run') };
    await followRun(settings, {}, (event, controls) => {
      if (event.type === 'step-end') controls.stop('user');
    });
    const text = readFileSync(data, 'utf8');
    writeFileSync(data, text.replace('order cheap pills', 'order costly pills'));
    const { error } = await followRun(settings, { resume: join(other, 'run') });
    expect(error).toMatchObject({ code: 'E_DATA_DRIFT', exitCode: 65 });
  });
});
