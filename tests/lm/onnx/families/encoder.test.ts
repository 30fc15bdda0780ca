import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../../src/lm/load.js';
import { golden, HUB_LIKE } from '../hub-like.js';

describe('an encoder', () => {
  const items = golden('bert-encoder').items as unknown as { text: string; meanNoSpecial: number[] }[];

  it('gives the vectors of a text without its special tokens, whatever stands beside it', async () => {
    const model = await loadLanguageModel(join(HUB_LIKE, 'bert-encoder'));
    const embed = model.capabilities.embed!;
    const all = await embed.embedTokens(items.map((item) => item.text));
    for (const [i, item] of items.entries()) {
      const { tokenIds, vectors } = all[i]!;
      expect(tokenIds).toEqual(model.tokenizer!.encode(item.text));
      item.meanNoSpecial.forEach((expected, column) => {
        const sum = tokenIds.reduce((total, _, row) => total + vectors[row * embed.embeddingSize + column]!, 0);
        expect(sum / tokenIds.length).toBeCloseTo(expected, 4);
      });
      expect((await embed.embedTokens([item.text]))[0]).toEqual(all[i]);
    }
    await model.dispose();
  });

  it('cuts a text that is longer than the context, and takes an empty one', async () => {
    const model = await loadLanguageModel(join(HUB_LIKE, 'bert-encoder'));
    const [long, empty] = await model.capabilities.embed!.embedTokens(['value '.repeat(200), '']);
    expect(long!.tokenIds).toHaveLength(model.contextLength - 2);
    expect(empty).toEqual({ tokenIds: [], vectors: new Float32Array(0) });
    await model.dispose();
  });
});

describe('a sequence classifier', () => {
  it.each([
    ['fp32', 1e-5],
    ['fp16', 1e-3],
    ['q8', 3e-2],
  ])('gives the probabilities of its named classes in %s', async (dtype, tolerance) => {
    const items = golden('bert-classifier').items as unknown as { text: string; probs: number[] }[];
    const model = await loadLanguageModel(join(HUB_LIKE, 'bert-classifier'), { dtype });
    const classify = model.capabilities.classify!;
    expect(classify.classNames).toEqual(['informal', 'formal']);
    const probabilities = await classify.classify(items.map((item) => item.text));
    items.forEach((item, i) => {
      item.probs.forEach((expected, column) => {
        expect(Math.abs(probabilities[i * 2 + column]! - expected)).toBeLessThan(tolerance);
      });
    });
    await model.dispose();
  });
});
