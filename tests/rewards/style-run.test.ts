import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { evaluatePrompts } from '../../src/evaluate.js';
import type { RunEvent, RunResult } from '../../src/events.js';
import { type FollowedRun, followRun } from '../follow-run.js';
import { HUB_LIKE } from '../lm/onnx/hub-like.js';
import { SMALL_RUN } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-style-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = join(folder, 'task.mjs');
const rows = (...texts: string[]) => texts.map((text) => ({ text, label: 'formal', fields: { reference: text } }));
const definition = {
  name: 'small-style',
  kind: 'style-transfer',
  verbalizer: { informal: 'casual', formal: 'formal' },
  examples: { train: rows('see you', 'thanks for the patch', 'no idea'), dev: rows('ok then'), test: rows('sure') },
};
writeFileSync(task, `export default ${JSON.stringify(definition)};\n`);

const { verbalizer: _, shots: __, promptsPerStep: ___, ...small } = SMALL_RUN;
const config = (name: string): RunConfigInput => ({
  ...small,
  task,
  contentModel: join(HUB_LIKE, 'bert-encoder'),
  styleModel: join(HUB_LIKE, 'bert-classifier'),
  steps: 4,
  samples: 3,
  bootstraps: 2,
  out: join(folder, name),
});

describe('a run on a style-transfer task', () => {
  let whole: FollowedRun;
  beforeAll(async () => {
    whole = await followRun(config('whole'));
  });

  it('has four prompts an input, and with soft Q-learning the published width', () => {
    const settings = (more: Partial<RunConfigInput>) => {
      const { rewardTo, promptsPerStep, inputsPerStep } = completeRunConfig({ ...config('s'), ...more });
      return { rewardTo, promptsPerStep, inputsPerStep };
    };
    const common = { promptsPerStep: 8, inputsPerStep: 2 };
    expect(settings({})).toEqual({ ...common, rewardTo: [0, 10] });
    expect(settings({ preset: 'paper' })).toEqual({ ...common, rewardTo: [-20, 80] });
    expect(settings({ trainer: 'soft-q-learning' })).toEqual({ ...common, rewardTo: [-20, 80] });
    expect(settings({ preset: 'paper', rewardTo: [0, 3] })).toEqual({ ...common, rewardTo: [0, 3] });
  });

  it('ranks on all train inputs those prompts that did best beside others on one', async () => {
    const step = (event: RunEvent): boolean => event.type === 'evaluation-end';
    const evaluated = whole.events.filter(step).at(-1) as Extract<RunEvent, { type: 'evaluation-end' }>;
    const { prompts } = evaluated;
    // Two of each evaluation and the greedy prompt: never all 32 that were proposed.
    expect(prompts.length).toBeGreaterThan(1);
    expect(prompts.length).toBeLessThan(16);
    const texts = prompts.map(({ text }) => text);
    const onTrain = await evaluatePrompts(completeRunConfig(config('train')), { prompts: texts, split: 'train' });
    onTrain.results.forEach(({ evaluation }, i) => {
      expect(prompts[i]!.train.joint).toBeCloseTo(evaluation.metrics.joint!, 10);
    });
  });

  it('reports content, style, fluency and joint, and pays one input a prompt in a step', () => {
    const { events, result } = whole;
    expect(Object.keys(result!.best.test)).toEqual(
      expect.arrayContaining(['content', 'style', 'fluency', 'joint', 'gm']),
    );
    const steps = events.filter((event) => event.type === 'step-end');
    expect(steps).toHaveLength(4);
    // On dev and, since they compete, on train.
    const baselines = 6 + 18;
    expect(steps[0]!.forwards + steps[0]!.cacheHits).toBe(baselines + 8 * 6);
    expect(Object.keys(steps[0]!.parts!)).toEqual(['content', 'style']);
    const manifest = JSON.parse(readFileSync(join(folder, 'whole', 'run.json'), 'utf8')) as { digests: object };
    expect(Object.keys(manifest.digests)).toEqual(
      expect.arrayContaining(['contentModel', 'styleModel', 'fluencyModel']),
    );
  });

  it('resumes after a stop as if there had been none', async () => {
    const stopped = await followRun(config('stopped'), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 3) controls.stop('user');
    });
    expect(stopped.error?.code).toBe('E_INTERRUPTED');
    const resumed = await followRun(config('stopped'), { resume: join(folder, 'stopped') });
    const same = ({ result }: { result?: RunResult }) => ({ ...result!, runDir: '', seconds: 0 });
    expect(same(resumed)).toEqual(same(whole));
  });

  it('is evaluated with BLEU against the references, and each output is shown', async () => {
    const { results } = await evaluatePrompts(completeRunConfig(config('eval')), {
      prompts: ['Say it:', ''],
      split: 'train',
    });
    expect(results).toHaveLength(2);
    for (const { evaluation } of results) {
      expect(evaluation.metrics.bleu).toBeGreaterThanOrEqual(0);
      expect(evaluation.outcomes!.map(({ label }) => label)).toEqual(['formal', 'formal', 'formal']);
      expect(evaluation.outcomes!.every(({ output }) => typeof output === 'string')).toBe(true);
    }
  });
});
