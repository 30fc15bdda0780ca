import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { evaluatePrompts } from '../../src/evaluate.js';
import type { RunResult } from '../../src/events.js';
import { readPolicy } from '../../src/run/policies/policy-file.js';
import { readPolicyTable } from '../../src/run/policies/policy-table.js';
import { type FollowedRun, followRun } from '../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-conditioned-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const { promptsPerStep: _, ...small } = SMALL_RUN;
const config = (name: string, more: Partial<RunConfigInput> = {}): RunConfigInput => ({
  ...small,
  task,
  inputConditioned: true,
  inputsPerStep: 2,
  out: join(folder, name),
  ...more,
});
const runDir = (name: string) => join(folder, name);

function filesOf(name: string): Record<string, string> {
  const read = (file: string) => [file, readFileSync(join(folder, name, file)).toString('base64')];
  const checkpoints = readdirSync(join(folder, name, 'checkpoints')).map((file) => `checkpoints/${file}`);
  return Object.fromEntries([...checkpoints, 'policy.json'].map(read));
}

const timeless = ({ result }: FollowedRun) => ({ ...(result as RunResult), runDir: '', seconds: 0 });

describe('a run whose policy reads its inputs', () => {
  let whole: FollowedRun;
  beforeAll(async () => {
    whole = await followRun(config('whole'));
  });

  it('has four prompts an input, and pays one forward a prompt', () => {
    const { events } = whole;
    const steps = events.filter((event) => event.type === 'step-end');
    const baselines = events.find((event) => event.type === 'baselines-end')!.baselines;
    expect(completeRunConfig(config('s')).promptsPerStep).toBe(8);
    const defaults = { inputsPerStep: 4, promptsPerStep: 16, learningRate: 1e-3, rewardTo: [0, 5] };
    expect(completeRunConfig({ task, inputConditioned: true })).toMatchObject(defaults);
    expect(completeRunConfig({ task, inputConditioned: true, preset: 'paper' }).learningRate).toBe(5e-5);
    expect(steps[0]!.forwards + steps[0]!.cacheHits).toBe(baselines.length * 6 + 8);
    expect(steps).toHaveLength(6);
  });

  it('finds a policy: its numbers, its most frequent prompt, and that prompt alone', () => {
    const { best, baselines } = whole.result!;
    expect(best.policy).toMatchObject({ inputs: 6, file: 'checkpoints/best-policy.safetensors' });
    expect(best.tokenIds).toHaveLength(5);
    expect(best.test.n).toBe(30);
    expect(best.perClass!.reduce((sum, { n }) => sum + n, 0)).toBe(30);
    expect(best.confusion!.flat().reduce((sum, n) => sum + n, 0)).toBe(30);
    expect(best.policy!.alone.test.accuracy).toBeTypeOf('number');
    expect(baselines.empty.test.accuracy).toBeTypeOf('number');
  });

  it('keeps the policy that is best on dev, whatever comes after it', () => {
    const { events, result } = whole;
    const evaluations = events.filter((event) => event.type === 'evaluation-end');
    const devOf = (scores: Readonly<Record<string, number>> | undefined) => scores!.accuracy!;
    const all = evaluations.flatMap(({ prompts }) => prompts.map(({ dev }) => devOf(dev)));
    expect(devOf(result!.best.dev)).toBe(Math.max(...all));
    expect(readPolicy(runDir('whole')).summary.step).toBe(result!.best.policy!.step);
    expect(readPolicyTable(runDir('whole')).step).toBe(result!.best.policy!.step);
  });

  it('says once that it finds nothing better any more', async () => {
    const still = { steps: 9, evaluationEvery: 1, learningRate: 1e-12 };
    const { events } = await followRun(config('still', still));
    const codes = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
    expect(codes.filter((code) => code === 'plateau')).toEqual(['plateau']);
  });

  it('writes down what the policy proposes for each dev and test input', () => {
    const { rows } = readPolicyTable(runDir('whole'));
    expect(rows.map(({ split }) => split)).toEqual([...new Array(6).fill('dev'), ...new Array(30).fill('test')]);
    const best = whole.result!.best;
    const onDev = rows.filter(({ split }) => split === 'dev').map(({ prompt }) => prompt);
    expect(new Set(onDev).size).toBe(best.policy!.prompts);
    expect(onDev.filter((prompt) => prompt === best.prompt).length / 6).toBeCloseTo(best.policy!.share, 12);
  });

  it('gives the same numbers when the policy is taken into use again', async () => {
    const settings = completeRunConfig(config('eval'));
    const request = { prompts: [''], policy: runDir('whole'), split: 'dev', splitsDataFile: true } as const;
    const { results } = await evaluatePrompts(settings, request);
    expect(results).toHaveLength(2);
    const [ofPolicy, empty] = results;
    expect(ofPolicy!.evaluation.metrics).toEqual(whole.result!.best.dev);
    const table = readPolicyTable(runDir('whole')).rows.filter(({ split }) => split === 'dev');
    expect(ofPolicy!.policy!.proposed).toEqual(table.map(({ prompt }) => prompt));
    expect(ofPolicy!.evaluation.outcomes!.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(empty!.policy).toBeUndefined();
  });

  it('is the same run for the same seed, and another for another', async () => {
    const again = await followRun(config('again'));
    await followRun(config('other', { seed: 1 }));
    expect(timeless(again)).toEqual(timeless(whole));
    expect(filesOf('again')).toEqual(filesOf('whole'));
    const proposed = (name: string): string[] => readPolicyTable(runDir(name)).rows.map(({ prompt }) => prompt);
    expect(proposed('other')).not.toEqual(proposed('whole'));
  });

  it('resumes after a stop as if there had been none, whatever policy an abandoned course has left', async () => {
    const stopped = await followRun(config('stopped'), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 3) controls.stop('interrupted');
    });
    expect(stopped.error).toMatchObject({ code: 'E_INTERRUPTED' });
    rmSync(join(runDir('stopped'), 'checkpoints/best-policy.safetensors'));
    const resumed = await followRun(config('stopped'), { resume: runDir('stopped') });
    expect(timeless(resumed)).toEqual(timeless(whole));
    expect(filesOf('stopped')).toEqual(filesOf('whole'));
  });

  it('exports the table on request, and takes no prompt that a person typed', async () => {
    const { events } = await followRun(config('controls'), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 2) {
        controls.addPrompt('This mail is about');
        controls.changeLabelWords('This mail is about', { without: ['free'] });
        controls.evaluate();
        controls.exportBest();
      }
    });
    expect(events.find((event) => event.type === 'warning' && event.code === 'prompt-refused')).toBeDefined();
    expect(events.find((event) => event.type === 'warning' && event.code === 'label-words-refused')).toBeDefined();
    expect(events.some((event) => event.type === 'prompt-added')).toBe(false);
    const exported = JSON.parse(readFileSync(join(runDir('controls'), 'export.json'), 'utf8')) as {
      kind: string;
      prompts: unknown[];
    };
    expect(exported.kind).toBe('policy');
    expect(exported.prompts).toHaveLength(6);
  });

  it('warns of inputs that are longer than the generator LM can read, and reads their beginnings', async () => {
    const long = join(folder, 'long.csv');
    const rows = readFileSync(task, 'utf8').split('\n');
    writeFileSync(
      long,
      rows.map((row, i) => (i === 1 ? row.replace(/^"(.*)"/, `"${'$1 '.repeat(40)}"`) : row)).join('\n'),
    );
    const { events, result } = await followRun(config('long', { task: long, steps: 1 }));
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(
      warnings.find((message) => /1 of 42 inputs are longer than mail-gpt-4m can read/.test(message)),
    ).toBeDefined();
    expect(result!.best.policy).toBeDefined();
  });
});

describe('what a policy that reads its inputs cannot have', () => {
  it.each([
    [{ trainer: 'evolution' }, /trainer evolution has no policy that reads inputs: soft-q-learning, log-variance/],
    [{ trainer: 'mcts' }, /trainer mcts has no policy/],
    [{ promptsPerStep: 10, inputsPerStep: 4 }, /promptsPerStep 10 cannot be shared by inputsPerStep 4: .*16 is usual/],
    [{ promptsPerStep: 4, inputsPerStep: 4 }, /two or more/],
    [{ racing: true }, /racing: a prompt meets one input only/],
    [{ calibrate: 'inputs' }, /calibrate/],
    [{ ensemble: 3 }, /ensemble/],
    [{ promptLibrary: true }, /promptLibrary/],
    [{ initPrompts: ['Now:'] }, /initPrompts/],
    [{ examplesPerStep: 4 }, /examplesPerStep/],
  ] as [Partial<RunConfigInput>, RegExp][])('%j is refused before anything is loaded', async (more, message) => {
    const { error, events } = await followRun(config('refused', { ...more, generator: './no-such-model' }));
    expect(error).toMatchObject({ code: 'E_CONFIG', exitCode: 78 });
    expect(error!.message).toMatch(message);
    expect(events).toEqual([]);
  });

  it('custom tasks are refused, by their kind', async () => {
    const { error } = await followRun(config('custom', { task: 'exact-answer', verbalizer: undefined }));
    expect(error).toMatchObject({ code: 'E_CONFIG' });
    expect(error!.message).toMatch(
      /inputConditioned is for classification and style-transfer tasks; exact-answer is a custom/,
    );
  });

  it('a run without such a policy has none to be applied', async () => {
    const plain = config('plain', { inputConditioned: false });
    await followRun(plain);
    const request = { prompts: [], policy: runDir('plain'), split: 'dev', splitsDataFile: true } as const;
    await expect(evaluatePrompts(completeRunConfig(plain), request)).rejects.toMatchObject({ code: 'E_NO_POLICY' });
  });
});
