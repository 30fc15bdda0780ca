import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../src/lm/load.js';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { inspectModel } from '../../../src/lm/onnx/families/inspect-model.js';
import { defaultTemplate } from '../../../src/template/parse-template.js';
import { describeLanguageModel } from '../../contracts/language-model.js';
import { maxAbsDiff } from '../onnx/hub-like.js';
import { SOURCE, sentencePieceMetadata, smallLlama, tokenizerMetadata } from './small-llama.js';
import { writeGguf } from './write-gguf.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));
const untied = writeGguf(join(folder, 'untied.gguf'), smallLlama());

describeLanguageModel('a GGUF file', { load: () => loadLanguageModel(untied), words: ['the', 'of'] });

describe.each([true, false])('a GGUF file, tied %s', (isTied) => {
  let own: LanguageModel;
  let onnx: LanguageModel;
  let path: string;
  beforeAll(async () => {
    path = writeGguf(join(folder, `model-${isTied}.gguf`), smallLlama({ isTied }));
    own = await loadLanguageModel(path);
    onnx = await loadLanguageModel(SOURCE);
  });
  afterAll(async () => {
    await own.dispose();
    await onnx.dispose();
  });

  it('has the hidden states and the head of the ONNX model with the same weights', async () => {
    const tokens = onnx.tokenizer!.encode('returns the value of a file, or None if there is no such thing');
    const steps = await Promise.all([own, onnx].map((model) => model.capabilities.hiddenStates!.begin([tokens])));
    expect(maxAbsDiff(steps[0]!.hidden, steps[1]!.hidden)).toBeLessThan(1e-5);
    const heads = await Promise.all([own, onnx].map((model) => model.capabilities.hiddenStates!.head()));
    expect(heads[0]!.weights).toEqual(heads[1]!.weights);
    const next = await Promise.all(
      [own, onnx].map((model, i) => model.capabilities.hiddenStates!.advance(steps[i]!.state, [7])),
    );
    expect(maxAbsDiff(next[0]!.hidden, next[1]!.hidden)).toBeLessThan(1e-5);
  });

  it('scores labels and writes as that model does', async () => {
    const template = defaultTemplate('causal');
    const answers = await Promise.all(
      [own, onnx].map(async ({ capabilities: { labelScores, generate } }) => {
        const labels = labelScores!.resolveLabels(template, [
          { label: 'a', word: 'the file' },
          { label: 'b', word: 'of' },
        ]);
        const inputs = ['returns the value', 'a file'];
        const rows = [
          [0, 0],
          [0, 1],
        ] as const;
        const asked = { template, inputs, prompts: ['this is'], labels, rows, normalise: 'none' as const };
        const scores = await labelScores!.labelScores(asked);
        const writing = {
          samplesPerPrefix: 1,
          maxNewTokens: 8,
          stop: undefined,
          topK: 0,
          topP: 1,
          temperature: 0,
          seed: 1,
        };
        return { scores, texts: await generate!.generate({ ...writing, prefixes: inputs }) };
      }),
    );
    expect(maxAbsDiff(answers[0]!.scores, answers[1]!.scores)).toBeLessThan(1e-4);
    expect(answers[0]!.texts).toEqual(answers[1]!.texts);
  });

  it('is inspected as it is loaded', async () => {
    const inspection = await inspectModel(path);
    expect(inspection).toMatchObject({
      ...{
        architecture: 'LlamaForCausalLM',
        family: 'causal',
        engine: 'onnxruntime',
        dtype: 'F32',
        refusal: undefined,
      },
      ...{ hiddenSize: 64, vocabularySize: 500, layers: 2, tied: isTied, usableAs: ['generator', 'target'] },
    });
    expect(own).toMatchObject({ family: 'causal', dtype: 'F32', contextLength: 64 });
  });
});

describe('the tokenizer of a GGUF file', () => {
  const FIXTURES = join(import.meta.dirname, '../../fixtures/tokenizers');
  const { texts, expected } = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as {
    texts: string[];
    expected: Record<string, { ids: number[]; withSpecial: number[]; decoded: string }[]>;
  };
  const { metadata, tensors } = smallLlama();

  it.each([
    ['gpt2', 'gpt-2'],
    ['smollm', 'smollm'],
    ['llama3', 'llama-bpe'],
    ['qwen3', 'qwen2'],
  ])('with the vocabulary of %s gives the ids of the Python library', async (name, pre) => {
    const own = { ...metadata, ...tokenizerMetadata(join(FIXTURES, name), pre) };
    const tokenizer = await loadTokenizer(writeGguf(join(folder, `${name}.gguf`), { metadata: own, tensors }));
    texts.forEach((text, i) => {
      const { ids, decoded } = expected[name]![i]!;
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(decoded);
    });
  });

  it('with scores in place of merges gives the ids of the Python library', async () => {
    const { 'tokenizer.ggml.merges': _, 'tokenizer.ggml.pre': __, ...others } = metadata;
    const own = { ...others, ...sentencePieceMetadata(join(FIXTURES, 'llama2')) };
    const tokenizer = await loadTokenizer(writeGguf(join(folder, 'llama2.gguf'), { metadata: own, tensors }));
    texts.forEach((text, i) => {
      // A GGUF file does not say which blanks an added token takes.
      if (text.includes('<|user|>')) return;
      const { ids, withSpecial, decoded } = expected.llama2![i]!;
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.encode(text, { special: true })).toEqual(withSpecial);
      expect(tokenizer.decode(ids)).toBe(decoded);
    });
  });
});
