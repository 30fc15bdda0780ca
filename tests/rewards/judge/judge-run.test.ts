import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import type { RunEvent } from '../../../src/events.js';
import { type FollowedRun, followRun } from '../../follow-run.js';
import { FakeService } from '../../lm/endpoint/fake-service.js';
import { HUB_LIKE } from '../../lm/onnx/hub-like.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rubricFile = join(folder, 'rubric.txt');
writeFileSync(rubricFile, 'Prefer a prompt that reads like the end of a mail.\n');
const otherFile = join(folder, 'other.txt');
writeFileSync(otherFile, 'Something else.');
const TINY = join(HUB_LIKE, 'gpt2');
/** A whole run takes a second or two by itself, and there are three of them. */
const PATIENCE = 240_000;

const config = (name: string, more: Partial<RunConfigInput> = {}): RunConfigInput => ({
  ...SMALL_RUN,
  steps: 4,
  task: writeSmallData(folder),
  textColumn: 'text',
  labelColumn: 'label',
  objectives: { judge: 0.5 },
  judge: EMBEDDED_MODEL,
  rubric: rubricFile,
  out: join(folder, name),
  ...more,
});

/** What must not differ between two equal runs. */
function steps({ events }: FollowedRun): unknown[] {
  return events.flatMap((event) => (event.type === 'step-end' ? [{ ...event, seq: 0, seconds: 0 }] : []));
}

function result({ result: found, error }: FollowedRun): unknown {
  expect(error).toBeUndefined();
  return { ...found!, runDir: '', seconds: 0 };
}

const stopAfter = (step: number) => (event: RunEvent, controls: { stop(reason: 'user'): void }) => {
  if (event.type === 'step-end' && event.step === step) controls.stop('user');
};

describe('a run with a judge on this machine', () => {
  it(
    'shows the judge’s curve and counts, is the same with the same seed, and resumes after a stop',
    async () => {
      const whole = await followRun(config('whole'));
      const [first] = whole.events.flatMap((event) => (event.type === 'step-end' ? [event] : []));
      expect(Object.keys(first!.parts!)).toEqual(['task', 'judge']);
      expect(first!.metrics).toMatchObject({ 'judge/off-scale': 0, 'judge/too-long': 0 });
      expect(first!.metrics['judge/calls']).toBeGreaterThan(0);
      expect(first!.metrics['judge/inconsistency']).toBeGreaterThan(0);

      const again = await followRun(config('again'));
      expect(steps(again)).toEqual(steps(whole));

      const stopped = await followRun(config('stopped'), {}, stopAfter(3));
      expect(stopped.error!.code).toBe('E_INTERRUPTED');
      const resumed = await followRun(config('stopped'), { resume: join(folder, 'stopped') });
      expect([...steps(stopped), ...steps(resumed)]).toEqual(steps(whole));
      expect(result(resumed)).toEqual(result(whole));
      const { digests, config: kept } = JSON.parse(readFileSync(join(folder, 'whole', 'run.json'), 'utf8'));
      expect(Object.keys(digests)).toContain('judge');
      expect(kept.rubric).toEqual(['Prefer a prompt that reads like the end of a mail.']);
    },
    PATIENCE,
  );

  it(
    'does not resume with another rubric',
    async () => {
      await followRun(config('drift'), {}, stopAfter(2));
      const drifted = await followRun(config('drift', { rubric: otherFile }), {
        resume: join(folder, 'drift'),
      });
      expect(drifted.error).toMatchObject({ code: 'E_DRIFT' });
    },
    PATIENCE,
  );
});

describe('a run on rewritten texts with a judge', () => {
  it(
    'judges the outputs, and resumes after a stop as if there had been none',
    async () => {
      const { verbalizer: _, shots: __, ...small } = SMALL_RUN;
      const formality = (name: string): RunConfigInput => ({
        ...small,
        task: 'formality',
        generator: TINY,
        target: TINY,
        topK: 50,
        contentModel: join(HUB_LIKE, 'bert-encoder'),
        styleModel: join(HUB_LIKE, 'bert-classifier'),
        promptsPerStep: 4,
        steps: 3,
        samples: 2,
        bootstraps: 1,
        candidates: 1,
        evaluationCandidates: 1,
        evaluationEvery: 3,
        objectives: { judge: 1 },
        judge: EMBEDDED_MODEL,
        judgeMode: 'score10',
        out: join(folder, name),
      });
      const whole = await followRun(formality('formality'));
      result(whole);
      expect(Object.keys((steps(whole)[0] as { parts: object }).parts)).toEqual(['task', 'judge']);
      expect((steps(whole).at(-1) as { metrics: Record<string, number> }).metrics['judge/calls']).toBeGreaterThan(0);
      await followRun(formality('formality-stopped'), {}, stopAfter(1));
      const resumed = await followRun(formality('formality-stopped'), { resume: join(folder, 'formality-stopped') });
      expect(steps(resumed)).toEqual(steps(whole).slice(1));
      expect(result(resumed)).toEqual(result(whole));
    },
    PATIENCE,
  );
});

describe('a run with a judge behind a service', () => {
  let service: FakeService;
  beforeEach(async () => {
    service = await FakeService.start((question) => {
      const [first, second] = [...question.matchAll(/^Prompt [12]: (.*)$/gm)].map((match) => match[1]!);
      return [first! < second! ? { '1': 0.8, '2': 0.2 } : { '2': 0.8, '1': 0.2 }];
    });
  });
  afterEach(() => service.close());

  it(
    'ends, and tells what the service was asked',
    async () => {
      const notes: string[] = [];
      const run = await followRun(config('service', { judge: 'openai:big', endpoint: service.endpoint }), {
        onNote: (note) => notes.push(note),
      });
      result(run);
      const last = steps(run).at(-1) as { metrics: Record<string, number> };
      expect(last.metrics['judge/calls']).toBeGreaterThan(8);
      // One is the probe, and the chosen prompt is judged after the last step.
      expect(last.metrics['judge/calls']).toBeLessThan(service.requests.length);
      expect(notes.join()).toContain(`openai:big: ${service.requests.length} requests`);
    },
    PATIENCE,
  );

  it(
    'ends with a named error where the judge does not keep to its scale; the run stays and can go on',
    async () => {
      service.givesLogProbs = false;
      const settings = config('prose', { judge: 'openai:big', endpoint: service.endpoint });
      const run = await followRun(settings, {}, (event) => {
        if (event.type === 'step-end' && event.step === 3) service.speaks = () => [{ 'I like both': 1 }];
      });
      expect(run.error).toMatchObject({ code: 'E_JUDGE_SCALE', exitCode: 76 });
      expect(run.error!.message).toContain('"I like both"');
      expect(run.events.at(-1)).toMatchObject({ type: 'run-error', error: { code: 'E_JUDGE_SCALE' } });
      // The checkpoint was at step 2: what the judge has said of step 3 is not asked for again, it would be another now.
      service.speaks = () => [{ '1': 1 }];
      const resumed = await followRun(settings, { resume: join(folder, 'prose') });
      expect(steps(resumed)[0]).toEqual(steps(run).at(-1));
      result(resumed);
    },
    PATIENCE,
  );
});

it('a judge that nothing asks, a rubric that is none and a judge that is none are refused before a run begins', async () => {
  writeFileSync(join(folder, 'empty.txt'), ' \n');
  writeFileSync(join(folder, 'long.txt'), 'x'.repeat(20_000));
  const refusals: [Partial<RunConfigInput>, string, string][] = [
    [{ objectives: { fluency: 1 } }, 'E_CONFIG', 'for the objective judge'],
    [{ rubric: join(folder, 'none.txt') }, 'E_CONFIG', 'no such file'],
    [{ rubric: join(folder, 'empty.txt') }, 'E_CONFIG', 'it is empty'],
    [{ rubric: join(folder, 'long.txt') }, 'E_CONFIG', 'more than 16384'],
    [{ rubric: folder }, 'E_CONFIG', 'it is no file'],
    [{ judge: undefined, rubric: undefined }, 'E_OBJECTIVE_UNSUITED', '--judge'],
    [{ judgeMode: 'score10', judgeDownWeight: true }, 'E_CONFIG', 'a score has no order'],
    [{ judge: 'openai:big' }, 'E_ENDPOINT_MISSING', 'address of a service'],
  ];
  for (const [more, code, message] of refusals) {
    const { error } = await followRun(config('refused', more as Partial<RunConfigInput>));
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  }
});
