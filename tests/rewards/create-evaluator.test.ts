import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { LanguageModel, Tokenizer } from '../../src/lm/model/types.js';
import { ScoreCache } from '../../src/rewards/cache/score-cache.js';
import { measureScores } from '../../src/rewards/cache/score-store.js';
import {
  type EvaluatorParts,
  type EvaluatorSettings,
  type PreparedEvaluator,
  prepareEvaluator,
  scoreFolder,
} from '../../src/rewards/create-evaluator.js';
import type { StyleModels } from '../../src/rewards/style/style-models.js';
import type { Task } from '../../src/task/types.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { isAlive, pluginFile } from './plug-in.js';
import { examplesOf, ScriptedScorer, TEMPLATE, taskOf } from './scripted-scorer.js';

const TRAIN = examplesOf(['good', 'bad', 'fine', 'poor'], [1, 0, 1, 0]);
const TASK = taskOf(TRAIN, ['no', 'yes']);
const ITEMS = [{ text: 'p', examples: TRAIN }];
const CONFIG = { ...completeRunConfig({ task: 'toy' }), calibrate: 'content-free', labelWords: 'given' } as const;

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'rlprompt-evaluator-'));
  vi.stubEnv('RLPROMPT_CACHE_DIR', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

/** Says yes to what is called good or fine, and leans to no where an input says nothing. */
function scorer(): ScriptedScorer {
  return new ScriptedScorer((_, input, label) => {
    if (label === 'no') return 1;
    return input === 'N/A' ? 0 : /good|fine/.test(input) ? 2 : -1;
  });
}

function modelOf(labelScores: ScriptedScorer, more: Partial<LanguageModel> = {}): LanguageModel {
  const model = { name: 'tiny', family: 'causal', digest: 'abc', dtype: 'fp32', contextLength: 100 };
  return { ...model, capabilities: { labelScores }, ...more } as LanguageModel;
}

function prepare(
  targetLm: LanguageModel,
  settings: Partial<EvaluatorSettings> = {},
  parts: Partial<EvaluatorParts> = {},
): Promise<PreparedEvaluator> {
  return prepareEvaluator({
    task: TASK,
    template: TEMPLATE,
    targetLm,
    ...parts,
    settings: { ...CONFIG, ...settings },
  });
}

/** Rows that the target LM is asked for when the prompt is evaluated by a run of its own. */
async function asked(settings: Partial<EvaluatorSettings> = {}, more: Partial<LanguageModel> = {}): Promise<number> {
  const labelScores = scorer();
  const prepared = await prepare(modelOf(labelScores, more), { calibrate: 'none', ...settings });
  await prepared.create().evaluator.evaluate(ITEMS);
  prepared.close();
  expect(prepared.warnings).toEqual([]);
  return labelScores.asked.length;
}

describe('what classification is evaluated by', () => {
  it('reads answers as the settings say, and calibrates its trial over the rows alone', async () => {
    const labelScores = scorer();
    const prepared = await prepare(modelOf(labelScores));
    const { evaluator, cache, reading } = prepared.create();
    expect(labelScores.asked).toEqual([]);
    expect(cache).toBeInstanceOf(ScoreCache);
    expect(reading?.evaluator).toBe(evaluator);
    const [evaluation] = await evaluator.evaluate(ITEMS);
    expect(labelScores.asked.filter((one) => one.endsWith('|N/A'))).toHaveLength(1);
    expect(evaluation?.metrics.accuracy).toBe(1);
    const before = labelScores.asked.length;
    await reading?.trial.evaluate(ITEMS);
    // All of these rows were scored already.
    expect(labelScores.asked.slice(before)).toEqual([]);
    const other = await reading?.trial.evaluate([{ text: 'q', examples: TRAIN }]);
    expect(labelScores.asked.slice(before)).toHaveLength(TRAIN.length);
    expect(other?.[0]?.labelOffsets).toBeDefined();
    prepared.close();
  });

  it('has a trial that does not calibrate where the run does not', async () => {
    const prepared = await prepare(modelOf(scorer()), { calibrate: 'none' });
    const [evaluation] = (await prepared.create().reading?.trial.evaluate(ITEMS)) ?? [];
    expect(evaluation?.reward).toBeDefined();
    expect(evaluation?.labelOffsets).toBeUndefined();
    prepared.close();
  });

  it('is refused where the target LM gives no scores of labels', async () => {
    const refused = prepare(modelOf(scorer(), { capabilities: {} }));
    await expect(refused).rejects.toMatchObject({ code: 'E_MODEL_CAPABILITY' });
  });

  it('warns of inputs that the target LM cannot read whole', async () => {
    const tokenizer = { encode: (text: string) => [...text].map((_, i) => i), bos: [], eos: [] };
    const long = examplesOf(['x'.repeat(200), 'a', 'b'], [0, 1, 0]);
    const targetLm = modelOf(scorer(), { tokenizer: tokenizer as unknown as Tokenizer });
    const prepared = await prepare(targetLm, {}, { task: taskOf(long, ['no', 'yes']) });
    prepared.close();
    expect(prepared.warnings).toEqual([
      expect.stringContaining('1 of 3 inputs are longer than the 100 tokens that tiny reads'),
    ]);
  });

  it('writes what it has scored to the run’s own log', async () => {
    const records: string[] = [];
    const sink = {
      append: (rows: readonly { key: string }[]) => void records.push(...rows.map(({ key }) => key)),
      markUsed: () => {},
    };
    const prepared = await prepare(modelOf(scorer()), { calibrate: 'none', cache: false });
    await prepared.create(sink).evaluator.evaluate(ITEMS);
    expect(records.filter((key) => key.startsWith('b\t'))).toHaveLength(1);
  });
});

describe('scores of earlier runs', () => {
  it('are kept in the cache folder and asked for no second time', async () => {
    expect(await asked()).toBe(4);
    expect(scoreFolder()).toBe(join(cache, 'scores'));
    expect(scoreFolder({ RLPROMPT_CACHE_DIR: '/elsewhere' })).toBe('/elsewhere/scores');
    expect(measureScores(scoreFolder()).segments).toBe(1);
    expect(await asked()).toBe(0);
  });

  it.each<[string, Partial<EvaluatorSettings>]>([
    ['another device', { device: 'webgpu' }],
    ['prefixes that are not shared', { prefixSharing: false }],
    ['8-bit numbers', { int8Batches: true }],
    ['inputs that lose their head', { truncate: 'head' }],
    ['inputs that lose their middle', { truncate: 'middle' }],
  ])('are not those of %s, which round differently', async (_, settings) => {
    await asked();
    expect(await asked(settings)).toBe(4);
    expect(await asked(settings)).toBe(0);
    expect(await asked()).toBe(0);
  });

  it('are the same where inputs lose their tail, said or not', async () => {
    await asked();
    expect(await asked({ truncate: 'tail' })).toBe(0);
  });

  it.each<[string, Partial<LanguageModel>]>([
    ['weights', { digest: 'other' }],
    ['number format', { dtype: 'q8' }],
  ])('are not those of a model of another %s', async (_, more) => {
    await asked();
    expect(await asked({}, more)).toBe(4);
  });

  it('are neither read nor kept without a cache, nor for a service', async () => {
    expect(await asked({ cache: false })).toBe(4);
    expect(await asked({}, { family: 'endpoint' })).toBe(4);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('are done without, in words, where their folder cannot be made', async () => {
    writeFileSync(join(cache, 'scores'), 'a file where the folder was to be');
    const prepared = await prepare(modelOf(scorer()));
    expect(prepared.warnings).toEqual([expect.stringMatching(/^scores are not kept for later runs: ENOTDIR/)]);
    expect(await prepared.create().evaluator.evaluate(ITEMS)).toHaveLength(1);
    prepared.close();
  });
});

describe('what style transfer is evaluated by', () => {
  const task: Task = { ...TASK, kind: 'style-transfer' };
  const template = parseTemplate('{prompt} "{input}" "', { family: 'causal' });
  const writer = { generate: async () => TRAIN.map(() => [{ text: 'YES', stopped: true, tokenCount: 1 }]) };
  const judge = {
    ...modelOf(scorer()),
    family: 'causal',
    capabilities: {
      labelScores: scorer(),
      likelihood: { textLogProbs: async (texts: string[]) => texts.map(() => ({ logProb: -1, tokenCount: 1 })) },
      embed: {
        embeddingSize: 1,
        embedTokens: async (texts: string[]) => texts.map(() => ({ tokenIds: [1], vectors: Float32Array.of(1) })),
      },
    },
  } as unknown as LanguageModel;
  const styleModels: StyleModels = { contentModel: judge, styleModel: judge, fluencyModel: judge };

  it('is what judges rewritten texts, with a cache of rewards', async () => {
    const targetLm = modelOf(scorer(), { capabilities: { generate: writer } as LanguageModel['capabilities'] });
    const settings = { samples: 1, bootstraps: 1, stylePrompt: 'It was' };
    const prepared = await prepare(targetLm, settings, { task, template, styleModels });
    expect(prepared.warnings).toEqual([]);
    const records: string[] = [];
    const { evaluator, cache, reading } = prepared.create({
      append: (rows) => void records.push(...rows.map(({ key }) => key)),
      markUsed: () => {},
    });
    expect(reading).toBeUndefined();
    const [evaluation] = await evaluator.evaluate(ITEMS);
    expect(Number.isFinite(evaluation?.reward)).toBe(true);
    expect(records.some((key) => key.endsWith('\tp'))).toBe(true);
    await evaluator.evaluate(ITEMS);
    expect(cache.cacheHits).toBeGreaterThan(0);
    expect(() => prepared.close()).not.toThrow();
  });

  it('is refused where the target LM does not write', async () => {
    const refused = prepare(modelOf(scorer()), {}, { task, template, styleModels });
    await expect(refused).rejects.toMatchObject({ code: 'E_MODEL_CAPABILITY' });
  });
});

describe('what custom rewards are evaluated by', () => {
  const custom = (body: string): Task => {
    const file = pluginFile(body);
    return { ...TASK, kind: 'custom', file, source: file };
  };

  it('is tried out first, with what it prints, and asks the target LM that is given', async () => {
    const printed: string[] = [];
    const task = custom(`context.log(process.pid);
      const scores = await context.scoreLabels({ prompts: batch.prompts, inputs: ['good'], labels: ['no', 'yes'] });
      return scores.map(([[, yes]]) => ({ reward: yes, metrics: { accuracy: yes } }));`);
    const onOutput = (text: string) => void printed.push(text);
    const prepared = await prepare(modelOf(scorer()), {}, { task, onOutput });
    const { evaluator, cache, reading } = prepared.create();
    expect(evaluator.metric).toBe('accuracy');
    expect(reading).toBeUndefined();
    const [evaluation] = await evaluator.evaluate(ITEMS);
    expect(evaluation?.reward).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    await evaluator.evaluate(ITEMS);
    expect(cache.cacheHits).toBe(TRAIN.length);
    expect(isAlive(Number(printed[0]))).toBe(true);
    prepared.close();
    await expect.poll(() => isAlive(Number(printed[0])), { timeout: 10_000 }).toBe(false);
  });

  it('has seconds to answer in, and says so where it was tried again', async () => {
    const printed: string[] = [];
    const settings = { rewardTimeout: 0.2, maxRewardErrors: 1 };
    const task = custom('for (;;) {}');
    const refused = prepare(modelOf(scorer()), settings, { task, onOutput: (text) => void printed.push(text) });
    const message = 'the reward gave no answer within 0.2 s and its process was ended';
    await expect(refused).rejects.toMatchObject({ code: 'E_PLUGIN_TIMEOUT', message });
    expect(printed.join('')).toBe(`tried again after E_PLUGIN_TIMEOUT: ${message}\n`);
  });

  it('ends with its process where the trial fails', async () => {
    const printed: string[] = [];
    const task = custom('context.log(process.pid); return batch.prompts.map(() => Math.random());');
    const refused = prepare(modelOf(scorer()), {}, { task, onOutput: (text) => void printed.push(text) });
    await expect(refused).rejects.toMatchObject({ code: 'E_PLUGIN_NONDETERMINISTIC' });
    await expect.poll(() => isAlive(Number(printed[0])), { timeout: 10_000 }).toBe(false);
  });
});
