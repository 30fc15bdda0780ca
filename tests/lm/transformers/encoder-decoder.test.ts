import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, pipeline } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../src/lm/load.js';
import { findModelFolder } from '../../../src/lm/model/model-folder.js';
import type { GenerateRequest, LabelWord } from '../../../src/lm/model/types.js';
import { inspectModel } from '../../../src/lm/onnx/families/inspect-model.js';
import type { LoadedModel } from '../../../src/lm/onnx/run/model-parts.js';
import { encoderDecoderFiles } from '../../../src/lm/transformers/encoder-decoder-files.js';
import { parseTemplate } from '../../../src/template/parse-template.js';

const FAMILIES = join(import.meta.dirname, '../../fixtures/families');
const T5 = join(FAMILIES, 't5');

interface GoldenRow {
  readonly text: string;
  readonly ids: number[];
  readonly top: [number, number][];
  readonly greedy: number[];
}

function readGolden(name: string): readonly GoldenRow[] {
  return (JSON.parse(readFileSync(join(FAMILIES, name, 'golden.json'), 'utf8')) as { rows: GoldenRow[] }).rows;
}

const golden = readGolden('t5');
const template = parseTemplate('{input}{prompt}', { family: 'causal' });
const word = (tokenIds: number[]): LabelWord => ({
  ...{ label: String(tokenIds), word: 'w', text: 'w' },
  tokenIds,
  wordCount: 1,
});
const ask = (text: string) => ({ inputs: [text], prompts: [''], rows: [[0, 0]] as const, template });
const greedily = (rows: readonly GoldenRow[]): GenerateRequest => ({
  ...{ prefixes: rows.map(({ text }) => text), samplesPerPrefix: 1, maxNewTokens: 6, stop: undefined },
  ...{ topK: 0, topP: 1, temperature: 0, seed: 1 },
});
const writing = greedily(golden);

it('is refused by name where the library has no encoder-decoder of its type', async () => {
  const folder = findModelFolder(T5, 'fp32');
  const unknown = { ...folder, config: { ...folder.config, model_type: 'nonsense' } };
  await expect(encoderDecoderFiles(unknown)).rejects.toMatchObject({
    code: 'E_MODEL_ARCHITECTURE',
    message: expect.stringContaining('nonsense'),
  });
});

describe.each([
  // Before an answer stand the decoder's start token and, in a BART, the token that its settings force.
  ['t5', 1],
  ['bart', 2],
])('a %s, run by transformers.js', (name, start) => {
  const path = join(FAMILIES, name);
  const rows = readGolden(name);
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadLanguageModel(path);
  });
  afterAll(() => model.dispose());

  it('says which engine runs it', async () => {
    expect(model.family).toBe('encoder-decoder');
    expect(model.notes).toEqual(['engine: transformers.js, slower']);
    expect(await inspectModel(path)).toMatchObject({ engine: 'transformers.js', usableAs: ['target'] });
  });

  it.each(rows)('has PyTorch’s log-probabilities at the first position of $text', async ({ text, ids, top }) => {
    expect(model.tokenizer!.encode(text, { special: true })).toEqual(ids);
    const labels = top.map(([id]) => word([id]));
    const scores = await model.capabilities.labelScores!.labelScores({ ...ask(text), labels, normalise: 'none' });
    for (const [i, [, expected]] of top.entries()) expect(Math.abs(scores[i]! - expected)).toBeLessThan(1e-5);
  });

  it('writes PyTorch’s greedy answers', async () => {
    const answers = await model.capabilities.generate!.generate(greedily(rows));
    expect(answers.map(([answer]) => answer!.text)).toEqual(
      rows.map(({ greedy }) => model.tokenizer!.decode(greedy.slice(start)).trimStart()),
    );
    expect(answers.map(([answer]) => answer!.tokenCount)).toEqual(rows.map(() => 6));
  });
});

describe('an encoder-decoder', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadLanguageModel(T5);
  });
  afterAll(() => model.dispose());

  it('scores a word of several tokens as the sum of its tokens, each after the ones before it', async () => {
    const { text } = golden[0]!;
    const scorer = model.capabilities.labelScores!;
    const score = async (labels: LabelWord[], normalise: 'none' | 'token') => [
      ...(await scorer.labelScores({ ...ask(text), labels, normalise })),
    ];
    const [first, both, three] = await score([word([221]), word([221, 653]), word([221, 653, 587])], 'none');
    const [alone] = await score([word([221, 653]), word([5])], 'none');
    expect(both).toBeCloseTo(alone!, 5);
    expect(three).toBeLessThan(both!);
    expect(both).toBeLessThan(first!);
    // All continuations of a token share its probability.
    const all = Array.from({ length: 1510 }, (_, id) => word([221, id]));
    const total = (await score(all, 'none')).reduce((sum, value) => sum + Math.exp(value), 0);
    expect(Math.log(total)).toBeCloseTo(first!, 4);
    expect((await score([word([221, 653]), word([5])], 'token'))[0]).toBeCloseTo(both! / 2, 5);
  });

  it('takes label words as the whole answer, without a space', () => {
    const labels = ['great', 'terrible'].map((label) => ({ label, word: label }));
    const words = model.capabilities.labelScores!.resolveLabels(
      parseTemplate('{input} {prompt} It was', { family: 'causal' }),
      labels,
    );
    expect(words.map(({ text }) => text)).toEqual(['great', 'terrible']);
    expect(words.map(({ tokenIds }) => tokenIds)).toEqual(labels.map((one) => model.tokenizer!.encode(one.word)));
  });

  it('tells its likely answers, with the log-probabilities of their tokens', async () => {
    const texts = golden.map(({ text }) => text);
    const rows = texts.map((_, input) => [0, input] as const);
    const scorer = model.capabilities.labelScores!;
    const { words, logProbs } = await scorer.answerWords!({ inputs: texts, prompts: [''], rows, template, count: 5 });
    const labels = scorer.resolveLabels(
      template,
      words.map((label) => ({ label, word: label })),
    );
    expect(labels.map(({ tokenIds }) => tokenIds.length)).toEqual([1, 1, 1, 1, 1]);
    const scores = await scorer.labelScores({
      inputs: texts,
      prompts: [''],
      rows,
      template,
      labels,
      normalise: 'none',
    });
    expect(logProbs).toEqual(scores);
    const means = words.map((_, i) => texts.reduce((sum, _text, row) => sum + logProbs[row * 5 + i]!, 0));
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(golden[0]!.top.map(([id]) => id)).toContain(labels[0]!.tokenIds[0]);
  });

  it('writes what the library’s own pipeline writes', async () => {
    env.allowRemoteModels = false;
    const library = await pipeline('text2text-generation', T5, { dtype: 'fp32', local_files_only: true });
    const texts = golden.map(({ text }) => text);
    const expected = (await library(texts[1]!, { max_new_tokens: 6, do_sample: false } as never)) as {
      generated_text: string;
    }[];
    const [[own]] = (await model.capabilities.generate!.generate({ ...writing, prefixes: [texts[1]!] })) as [[never]];
    expect((own as { text: string }).text).toBe(expected[0]!.generated_text);
    await library.dispose();
  });

  it('draws a sample by seed, text and number alone', async () => {
    const request = { ...writing, temperature: 1, topK: 10, samplesPerPrefix: 3, maxNewTokens: [4, 7, 5] };
    const { generate } = model.capabilities;
    const all = await generate!.generate(request);
    expect(await generate!.generate(request)).toEqual(all);
    const [alone] = await generate!.generate({ ...request, prefixes: [golden[1]!.text], maxNewTokens: 7 });
    expect(alone).toEqual(all[1]);
    expect(new Set(all.flat().map(({ text }) => text)).size).toBeGreaterThan(3);
    const other = await generate!.generate({ ...request, seed: 2 });
    expect(other).not.toEqual(all);
  });

  it('stops between calls when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(model.capabilities.generate!.generate({ ...writing, signal })).rejects.toThrow('enough');
  });

  it('has another digest than its files alone', async () => {
    const { loadParts } = await import('../../../src/lm/onnx/run/model-parts.js');
    const { findModelFolder } = await import('../../../src/lm/model/model-folder.js');
    const { encoderDecoderFiles } = await import('../../../src/lm/transformers/encoder-decoder-files.js');
    const folder = findModelFolder(T5);
    const { digest } = await loadParts('t5', folder, (await encoderDecoderFiles(folder)).files);
    expect(model.digest).not.toBe(digest);
  });
});

describe('a folder of an encoder-decoder is refused', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rlprompt-t5-'));
    cpSync(T5, folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const refusal = async (dtype?: string) => {
    const { refusal } = await inspectModel(folder, dtype);
    await expect(loadLanguageModel(folder, { dtype })).rejects.toThrow(refusal);
    return refusal;
  };

  it('by a file that is one half of it', async () => {
    expect(await refusal('decoder_model.onnx')).toContain('encoder_model.onnx and decoder_model_merged.onnx');
  });

  it('without its encoder', async () => {
    renameSync(join(folder, 'onnx/encoder_model.onnx'), join(folder, 'encoder'));
    expect(await refusal()).toContain('encoder_model.onnx is not beside it');
    renameSync(join(folder, 'encoder'), join(folder, 'onnx/encoder_model.onnx'));
  });

  it('where the library has no such kind', async () => {
    const path = join(folder, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...config, model_type: 'prophetnet' }));
    expect(await refusal()).toContain('no encoder-decoder of the type "prophetnet"');
  });
});
