import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LabelWord, LanguageModel } from '../../../src/lm/model/types.js';
import { defaultTemplate } from '../../../src/template/parse-template.js';
import { allVariants, HUB_LIKE } from './hub-like.js';

interface CausalItem {
  text: string;
  ids: number[];
  lastHidden: number[];
  top5: { id: number; logit: number }[];
  logProbs: { id: number; logProb: number }[];
  textLogProb: number;
  greedyNext6: number[];
}

/** What the runtime itself says of a file whose weights are rounded; see the fixtures' README. */
type RuntimeAnswer = { argmax: number; logProbs: number[] };

const template = defaultTemplate('causal');
const files = allVariants().filter(({ golden, name }) => golden.kind === 'causal' && !name.includes('with_past'));

describe.each(files)('$folder/$name', ({ folder, name, golden, variant }) => {
  const items = golden.items as unknown as CausalItem[];
  const answers = (variant as unknown as { ort: RuntimeAnswer[] }).ort;
  const isExact = /^(decoder_)?model(_merged)?\.onnx$/.test(name);
  let loaded: LanguageModel | undefined;
  const load = async () => {
    loaded ??= await loadLanguageModel(join(HUB_LIKE, folder), { dtype: name });
    return loaded;
  };
  afterAll(() => loaded?.dispose());

  it('scores labels as the whole model does, with the row split into input and prompt', async () => {
    const { tokenizer, capabilities } = await load();
    for (const [i, item] of items.entries()) {
      const words = item.text.split(' ');
      const labels = item.logProbs.map(({ id }) => labelOf(tokenizer!.piece(id), [id]));
      const request = {
        template,
        inputs: [words.slice(0, -1).join(' ')],
        prompts: [words.at(-1)!],
        labels,
        rows: [[0, 0]] as const,
        normalise: 'none' as const,
      };
      const scores = await capabilities.labelScores!.labelScores(request);
      const expected = isExact ? item.logProbs.map(({ logProb }) => logProb) : answers[i]!.logProbs;
      // An 8-bit head rounds the hidden state once more, which the head taken as data does not.
      const tolerance = isExact ? 5e-5 : name.includes('fp16') || name.includes('f16') ? 6e-2 : 0.6;
      for (const column of labels.keys()) {
        const actual = scores[column]! - scores[0]!;
        expect(Math.abs(actual - (expected[column]! - expected[0]!)), `label ${column}`).toBeLessThan(tolerance);
      }
    }
  });

  it.runIf(isExact)('scores labels of several tokens and whole texts as PyTorch does', async () => {
    const { capabilities } = await load();
    for (const item of items) {
      const [{ logProb, tokenCount }] = (await capabilities.likelihood!.textLogProbs([item.text])) as [never];
      expect(Math.abs(logProb - item.textLogProb)).toBeLessThan(1e-3);
      expect(tokenCount).toBe(item.ids.length - 1);
      const [first, second] = [item.logProbs[0]!, item.logProbs[1]!];
      const labels = [labelOf('one', [first.id]), labelOf('two', [second.id, first.id])];
      const request = { template, inputs: [item.text], prompts: [''], labels, rows: [[0, 0]] as const };
      const scores = await capabilities.labelScores!.labelScores({ ...request, normalise: 'none' });
      expect(scores[0]).toBeCloseTo(first.logProb, 4);
      expect(scores[1]).toBeLessThan(second.logProb);
      const byToken = await capabilities.labelScores!.labelScores({ ...request, normalise: 'token' });
      expect(byToken[1]).toBeCloseTo(scores[1]! / 2, 5);
    }
  });

  it.runIf(isExact)('writes what PyTorch writes greedily, and finds its likeliest tokens', async () => {
    const { capabilities, tokenizer } = await load();
    const written = await capabilities.generate!.generate({
      prefixes: items.map((item) => item.text),
      samplesPerPrefix: 1,
      maxNewTokens: 6,
      stop: undefined,
      topK: 0,
      topP: 1,
      temperature: 0,
      seed: 0,
    });
    items.forEach((item, i) => {
      if (item.greedyNext6.some((id) => tokenizer!.specialTokenIds.has(id))) return;
      expect(written[i]![0]).toEqual({ text: tokenizer!.decode(item.greedyNext6), stopped: false, tokenCount: 6 });
    });
  });

  it('tokenises as the reference does', async () => {
    const { tokenizer } = await load();
    for (const item of items) expect(tokenizer!.encode(item.text, { special: true })).toEqual(item.ids);
  });
});

function labelOf(label: string, tokenIds: number[]): LabelWord {
  return { label, word: label, text: ` ${label}`, tokenIds, wordCount: 1 };
}
