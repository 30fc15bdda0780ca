import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigFile } from '../../src/config/files/config-file.js';
import { completeRunConfig, resolveRunConfig } from '../../src/config/resolve-run-config.js';
import { RUN_CONFIG_KEYS } from '../../src/config/run-config.js';
import { RlpromptError } from '../../src/errors.js';

function fileOf(values: object, directory = '/project'): ConfigFile {
  return {
    name: 'rlprompt.config.yaml',
    directory,
    values: { ...values },
    locate: (key) => `rlprompt.config.yaml:${key}`,
  };
}

function errorOf(act: () => unknown): RlpromptError {
  try {
    act();
  } catch (error) {
    if (error instanceof RlpromptError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const task = { task: 'spam' };

describe('resolveRunConfig', () => {
  it('names --seeds where several seeds are given as one', () => {
    expect(() => resolveRunConfig({ flags: { task: 'spam', seed: '0,1' } })).toThrow(/several seeds: --seeds 0,1/);
    expect(() => resolveRunConfig({ flags: { task: 'spam', seed: 'x' } })).toThrow(/got "x", expected a number$/);
  });

  it('takes a number format, or the name of a file of the model', () => {
    for (const dtype of ['q4', 'model_O3', 'model_O3.onnx', 'decoder_model_merged_quantized', 'weights-v2.onnx'])
      expect(completeRunConfig({ task: 'spam', dtype }).dtype).toBe(dtype);
    expect(() => completeRunConfig({ task: 'spam', dtype: 'fp4' })).toThrow(/dtype: got "fp4", expected fp32, fp16/);
  });

  it('lets flags win over set, set over the environment, that over the file, and the file over the preset', () => {
    const file = fileOf({ task: 'a', topK: 1, topP: 0.1, steps: 1, seed: 1, preset: 'paper' });
    const env = { RLPROMPT_TOP_K: '2', RLPROMPT_TOP_P: '0.2', RLPROMPT_STEPS: '2' };
    const { config, sources } = resolveRunConfig({ flags: { topK: '4' }, set: ['topK=3', 'topP=0.3'], env, file });
    expect(config).toMatchObject({ task: 'a', topK: 4, topP: 0.3, steps: 2, seed: 1, learningRate: 5e-5 });
    expect(sources).toMatchObject({
      topK: '--top-k',
      topP: '--set topP',
      steps: 'RLPROMPT_STEPS',
      seed: 'rlprompt.config.yaml:seed',
      learningRate: 'preset paper',
      clipNorm: 'default',
    });
  });

  it('uses the generator as target LM unless one is named', () => {
    expect(completeRunConfig({ ...task, generator: 'x/y' }).target).toBe('x/y');
    expect(completeRunConfig({ ...task, generator: 'x/y', target: 'z' }).target).toBe('z');
  });

  it('lets the loss follow the trainer and the trainer follow the loss', () => {
    expect(completeRunConfig({ ...task, trainer: 'soft-q-learning' }).loss).toBe('both');
    expect(completeRunConfig({ ...task, loss: 'multi-step' }).trainer).toBe('soft-q-learning');
    expect(completeRunConfig({ ...task, trainer: 'soft-q-learning' }).replayUpdates).toBe(0);
    const error = errorOf(() => completeRunConfig({ ...task, trainer: 'log-variance', loss: 'both' }));
    expect(error.message).toBe('trainer log-variance cannot minimise loss both: it has log-variance');
  });

  it('gives the published hyperparameters for the preset paper', () => {
    expect(completeRunConfig({ ...task, preset: 'paper' })).toMatchObject({
      trainer: 'soft-q-learning',
      loss: 'both',
      steps: 12_000,
      learningRate: 5e-5,
      polyak: 0.001,
      topK: 256,
      promptLength: 5,
      promptsPerStep: 16,
      clipNorm: 5,
      innerSize: 2048,
      rewardFrom: [0, 1],
      rewardTo: [0, 5],
      correct: 200,
      incorrect: 180,
      zScoreEpsilon: 1e-4,
      replayUpdates: 0,
      priorBeta: 0,
      logitBias: 0,
    });
  });

  it('reads every form of text', () => {
    const { config } = resolveRunConfig({
      flags: {
        task: 'd.csv',
        verbalizer: '0=terrible,1=great',
        rewardTo: '-20,80',
        cache: false,
        initPrompts: ['a', 'b'],
        maxMemory: '1.5GiB',
      },
      set: ['offline=true', 'manualPrompts=It was', 'manualPrompts=All in all', 'learning-rate=1e-4'],
    });
    expect(config).toMatchObject({
      verbalizer: { 0: 'terrible', 1: 'great' },
      rewardTo: [-20, 80],
      cache: false,
      initPrompts: ['a', 'b'],
      maxMemory: 1.5 * 2 ** 30,
      offline: true,
      manualPrompts: ['It was', 'All in all'],
      learningRate: 1e-4,
    });
  });

  it('names all problems together, each with its place', () => {
    const error = errorOf(() =>
      resolveRunConfig({ flags: { steps: 'abc' }, env: { RLPROMPT_TOP_P: '2' }, file: fileOf({ lerning_rate: 1 }) }),
    );
    expect(error).toMatchObject({ code: 'E_CONFIG', exitCode: 78 });
    expect(error.message).toContain('4 settings are wrong');
    expect(error.message).toContain(
      'unknown key "lerning_rate", did you mean learningRate? (rlprompt.config.yaml:lerning_rate)',
    );
    expect(error.message).toContain('steps: got "abc", expected a number (--steps)');
    expect(error.message).toContain('topP: got 2, expected at most 1 (RLPROMPT_TOP_P)');
    expect(error.message).toContain('task is missing');
    expect(error.line()).not.toContain('\n');
  });

  it('says once what is wrong with a value of another kind', () => {
    const { message } = errorOf(() => completeRunConfig({ task: 'spam', labels: 'ham' as never }));
    expect(message).toBe('labels: got "ham", expected a list');
    expect(errorOf(() => completeRunConfig({ task: 'spam', seed: 1e17 })).message).toMatch(/at most 4,294,967,295$/);
  });

  it.each([
    ['promptLength=0'],
    ['promptsPerStep=1'],
    ['steps=-3'],
    ['steps=1.5'],
    ['learningRate=NaN'],
    ['learningRate=1e999'],
    ['seed=9007199254740993'],
    ['rewardFrom=1,1'],
    ['rewardTo=5'],
    ['trainer=sac'],
    ['tokens=none'],
    ['maxMemory=lots'],
    ['offline=maybe'],
    ['verbalizer=0=good,1=good'],
    ['verbalizer=0=good'],
    ['candidates=65'],
    ['steps'],
    ['=5'],
    ['encoding=ebcdic'],
    ['topK='],
  ])('refuses --set %s', (assignment) => {
    expect(errorOf(() => resolveRunConfig({ flags: task, set: [assignment] })).exitCode).toBe(78);
  });

  it('refuses replay where the loss holds only on-policy', () => {
    const mix = { ...task, trainer: 'soft-q-learning', replayUpdates: 3 } as const;
    expect(errorOf(() => completeRunConfig(mix)).message).toContain('replayUpdates must be 0');
  });

  it('never repeats a secret, and points at the environment', () => {
    const file = fileOf({ ...task, apiKey: 'hush-hush', generator: 'sk-abcdefghijklmnop1234' });
    const error = errorOf(() => resolveRunConfig({ file }));
    expect(error.line()).toContain('use env:NAME');
    expect(error.line()).not.toMatch(/hush|abcdefgh/);
  });

  it('takes env:NAME from the environment and names a variable that is not set', () => {
    const file = fileOf({ ...task, generator: 'env:MY_MODEL' });
    expect(resolveRunConfig({ file, env: { MY_MODEL: 'gpt2' } }).config.generator).toBe('gpt2');
    expect(errorOf(() => resolveRunConfig({ file })).message).toContain('MY_MODEL is not set');
  });

  it('starts relative paths of a file at that file', () => {
    const { config } = resolveRunConfig({
      file: fileOf({ task: './my-task.ts', out: 'runs/x', generator: 'org/name' }),
    });
    expect(config).toMatchObject({ task: '/project/my-task.ts', out: '/project/runs/x', generator: 'org/name' });
  });

  it('leaves Object.prototype alone whatever the keys are', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort().join();
    const hostile = fc.constantFrom(
      '__proto__',
      'constructor',
      'prototype',
      '__proto__.polluted',
      'constructor.prototype',
      'toString',
      'topK',
    );
    const value = fc.oneof(fc.string(), fc.integer(), fc.dictionary(hostile, fc.string()));
    const keys = fc.array(fc.tuple(hostile, value), { maxLength: 4 });
    fc.assert(
      fc.property(keys, fc.array(hostile, { maxLength: 3 }), (entries, names) => {
        const values = JSON.parse(
          `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${JSON.stringify(v)}`).join()}}`,
        );
        const set = names.map((name) => `${name}=1`);
        try {
          resolveRunConfig({ flags: task, set, file: { ...fileOf({}), values } });
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 78 });
        }
        expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).toBe(before);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same settings when completed twice', () => {
    const once = completeRunConfig({ ...task, preset: 'paper', maxMemory: '2G' });
    expect(completeRunConfig(once)).toEqual(once);
    for (const key of Object.keys(once)) expect(RUN_CONFIG_KEYS).toContain(key);
  });
});
