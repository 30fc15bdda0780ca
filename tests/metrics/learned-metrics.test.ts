import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { bertScore } from '../../src/metrics/bert-score.js';
import { perplexity, perplexityOf } from '../../src/metrics/perplexity.js';
import { golden, HUB_LIKE } from '../lm/onnx/hub-like.js';

interface Pair {
  candidate: string;
  reference: string;
}
interface References {
  perplexity: { text: string; tokenCount: number; logProb: number; perplexity: number | null }[];
  bertScore: (Pair & { precision: number; recall: number; f1: number })[];
}
const references = JSON.parse(readFileSync(join(import.meta.dirname, 'references.json'), 'utf8')) as References;

describe('BERTScore', () => {
  let encoder: LanguageModel;
  beforeAll(async () => {
    encoder = await loadLanguageModel(join(HUB_LIKE, 'bert-encoder'));
  });
  afterAll(() => encoder.dispose());

  async function score({ candidate, reference }: Pair) {
    const embed = encoder.capabilities.embed!;
    const [own, other] = await embed.embedTokens([candidate, reference]);
    const size = embed.embeddingSize;
    return bertScore({ vectors: own!.vectors, size }, { vectors: other!.vectors, size });
  }

  it.each(references.bertScore)('of "$candidate" is that of the public implementation', async (pair) => {
    const { precision, recall, f1 } = await score(pair);
    expect(precision).toBeCloseTo(pair.precision, 5);
    expect(recall).toBeCloseTo(pair.recall, 5);
    expect(f1).toBeCloseTo(pair.f1, 5);
  });

  it('is that of the golden file made with PyTorch', async () => {
    type LayerPair = Pair & { layer2: Record<'P' | 'R' | 'F1', number> };
    const { bertScore: pairs } = golden('bert-encoder') as unknown as { bertScore: LayerPair[] };
    for (const pair of pairs) {
      const { precision, recall, f1 } = await score(pair);
      expect(precision).toBeCloseTo(pair.layer2.P, 5);
      expect(recall).toBeCloseTo(pair.layer2.R, 5);
      expect(f1).toBeCloseTo(pair.layer2.F1, 5);
    }
  });

  it('matches each token with the nearest by cosine, whatever its length', () => {
    const candidate = { vectors: Float32Array.of(3, 0, 0, 2), size: 2 };
    const reference = { vectors: Float32Array.of(1, 0), size: 2 };
    expect(bertScore(candidate, reference)).toEqual({ precision: 0.5, recall: 1, f1: 2 / 3 });
  });

  it('is 0 for a text without tokens', () => {
    const one = { vectors: Float32Array.of(1, 0), size: 2 };
    expect(bertScore({ vectors: new Float32Array(0), size: 2 }, one).f1).toBe(0);
  });
});

describe('perplexity', () => {
  let languageModel: LanguageModel;
  beforeAll(async () => {
    languageModel = await loadLanguageModel(join(HUB_LIKE, 'gpt2'));
  });
  afterAll(() => languageModel.dispose());

  it.each(references.perplexity.filter(({ tokenCount }) => tokenCount > 0))(
    'of "$text" is that of PyTorch',
    async (one) => {
      const own = await perplexity(languageModel.capabilities.likelihood!, [one.text]);
      expect(Math.abs(own / one.perplexity! - 1)).toBeLessThan(1e-4);
    },
  );

  it('of a corpus weighs every token alike', async () => {
    const whole = await perplexity(
      languageModel.capabilities.likelihood!,
      references.perplexity.map(({ text }) => text),
    );
    const expected = perplexityOf(references.perplexity);
    expect(Math.abs(whole / expected - 1)).toBeLessThan(1e-4);
    expect(
      perplexityOf([
        { logProb: -Math.log(4), tokenCount: 2 },
        { logProb: -Math.log(2), tokenCount: 1 },
      ]),
    ).toBeCloseTo(2);
  });

  it('of nothing is not a number', () => {
    expect(perplexityOf([])).toBeNaN();
  });
});
