import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { candidates, measure, quickestThreads } from '../../../src/lm/onnx/run/quickest-threads.js';
import { defaultTemplate } from '../../../src/template/parse-template.js';
import { largeModel } from '../large-models.js';
import { HUB_LIKE } from './hub-like.js';

/** Whatever a run asks of a model: label scores of one token and of several, hidden states. */
async function numbersOf(name: string, threads: number, dtype?: string): Promise<number[]> {
  const model = await loadLanguageModel(name, { threads, dtype });
  const numbers = [...(await labelScores(model, 'none')), ...(await hiddenStates(model))];
  if (model.family === 'causal') numbers.push(...(await labelScores(model, 'word')));
  await model.dispose();
  return numbers;
}

async function labelScores(model: LanguageModel, normalise: 'none' | 'word'): Promise<Float32Array> {
  const scorer = model.capabilities.labelScores!;
  const template = defaultTemplate(model.family === 'masked' ? 'masked' : 'causal');
  const words = normalise === 'none' ? ['the', 'of'] : ['the value of', 'of the'];
  const labels = scorer.resolveLabels(
    template,
    words.map((word) => ({ label: word, word })),
  );
  const inputs = Array.from({ length: 12 }, (_, i) => `returns the value of item ${i} ${'in the list '.repeat(i % 4)}`);
  const prompts = ['is it', '', 'so'];
  const rows = prompts.flatMap((_, prompt) => inputs.map((_, input) => [prompt, input] as const));
  return scorer.labelScores({ template, prompts, inputs, labels, rows, normalise });
}

async function hiddenStates(model: LanguageModel): Promise<Float32Array> {
  const states = model.capabilities.hiddenStates;
  if (!states) return new Float32Array();
  const { state } = await states.begin(Array.from({ length: 16 }, (_, i) => [i + 1, i + 2, i + 3]));
  return (await states.advance(state, [...Array(16).keys()])).hidden;
}

describe('the numbers of a language model', () => {
  const models: [string, string, string | undefined][] = [
    ['the embedded model', EMBEDDED_MODEL, undefined],
    ['llama in q4', join(HUB_LIKE, 'llama'), 'q4'],
    ['llama with grouped attention in half precision', join(HUB_LIKE, 'llama-gqa'), 'fp16'],
    ['bert', join(HUB_LIKE, 'bert'), undefined],
  ];
  const smollm2 = largeModel('smollm2-135m-instruct');
  if (smollm2) models.push(['SmolLM2-135M', smollm2, undefined]);

  it.each(models)(
    'are the same bits with any number of threads: %s',
    async (_, name, dtype) => {
      const [first, ...others] = [1, 2, 3, 7];
      const expected = await numbersOf(name, first!, dtype);
      expect(expected.every(Number.isFinite)).toBe(true);
      for (const threads of others)
        expect(await numbersOf(name, threads, dtype), `${threads} threads`).toEqual(expected);
    },
    600_000,
  );
});

describe('the number of threads', () => {
  it('is tried from one to the processors, in doubling steps', () => {
    expect(candidates(1)).toEqual([1]);
    expect(candidates(2)).toEqual([1, 2]);
    expect(candidates(6)).toEqual([1, 2, 4, 6]);
    expect(candidates(64)).toEqual([1, 2, 4, 8, 16]);
  });

  it('is the smallest that is about as quick as any, and no more are tried once it gets slower', async () => {
    const tried: number[] = [];
    const time = (times: Record<number, number>) => async (threads: number) => {
      tried.push(threads);
      return times[threads]!;
    };
    expect(await measure([1, 2, 4, 8], time({ 1: 10, 2: 6, 4: 5.9, 8: 9 }))).toBe(2);
    expect(tried).toEqual([1, 2, 4, 8]);
    tried.length = 0;
    expect(await measure([1, 2, 4, 8], time({ 1: 10, 2: 12, 4: 1, 8: 1 }))).toBe(1);
    expect(tried).toEqual([1, 2]);
  });

  it('is not told by times that take long to get, as on a busy machine', async () => {
    const slow = (threads: number) => setTimeout(threads === 1 ? 600 : 0, threads);
    expect(await measure([1, 2], slow)).toBeUndefined();
  });

  it('is measured once a process', async () => {
    const threads = await quickestThreads();
    expect(candidates(64).concat(Array.from({ length: 16 }, (_, i) => i + 1))).toContain(threads);
    expect(quickestThreads()).toBe(quickestThreads());
  });
});
