import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import { parseTemplate } from '../../src/template/parse-template.js';

const FAMILIES = join(import.meta.dirname, '../fixtures/families');

function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(join(FAMILIES, name, 'golden.json'), 'utf8'));
}

describe('logits that are scaled or capped after the output layer', () => {
  interface Row {
    readonly text: string;
    readonly ids: number[];
    readonly top: [number, number][];
  }

  it.each([
    // Its export itself is that far from PyTorch.
    ['gemma2', 2e-3],
    ['granite', 1e-4],
    ['cohere', 1e-4],
  ] as const)('of %s give PyTorch’s log-probabilities', async (name, tolerance) => {
    const model = await loadLanguageModel(join(FAMILIES, name));
    const scorer = requireCapability(model, 'labelScores');
    const template = parseTemplate('{input}{prompt}', { family: 'causal' });
    const { rows } = readGolden(name) as { rows: Row[] };
    expect(rows.length).toBeGreaterThan(1);
    for (const { text, ids, top } of rows) {
      expect(model.tokenizer!.encode(text, { special: true })).toEqual(ids);
      const word = (tokenIds: number[]) => ({ label: String(tokenIds), word: 'w', text: 'w', tokenIds, wordCount: 1 });
      const single = top.map(([id]) => word([id]));
      const request = { inputs: [text], prompts: [''], rows: [[0, 0]] as const, template, normalise: 'none' as const };
      // Beside a label of two tokens the scores are log-probabilities, else logits.
      const logProbs = await scorer.labelScores({ ...request, labels: [...single, word([5, 6])] });
      const logits = await scorer.labelScores({ ...request, labels: single });
      for (const [i, [, expected]] of top.entries()) {
        expect(Math.abs(logProbs[i]! - expected)).toBeLessThan(tolerance);
        expect(Math.abs(logits[i]! - logits[0]! - (logProbs[i]! - logProbs[0]!))).toBeLessThan(1e-5);
      }
    }
    await model.dispose();
  });
});

describe('label probabilities are PyTorch’s', () => {
  interface Row {
    readonly text: string;
    readonly prompt: string;
    readonly probabilities: Record<string, number>;
  }

  it.each([
    ['gemma3-extra', '{input} {prompt}', 'causal'],
    ['ws-bert', '{input} {prompt} {mask} .', 'masked'],
  ] as const)('of %s', async (name, source, family) => {
    const model = await loadLanguageModel(join(FAMILIES, name));
    const scorer = requireCapability(model, 'labelScores');
    const template = parseTemplate(source, { family });
    const { rows, verbalizer } = readGolden(name) as { rows: Row[]; verbalizer: string };
    const pairs = verbalizer.split(',').map((pair) => pair.split('='));
    const labels = scorer.resolveLabels(
      template,
      pairs.map(([label = '', word = '']) => ({ label, word })),
    );
    for (const { text, prompt, probabilities } of rows) {
      const request = { inputs: [text], prompts: [prompt], rows: [[0, 0]] as const, template, labels };
      const [first, second] = await scorer.labelScores({ ...request, normalise: 'none' });
      expect(1 / (1 + Math.exp(second! - first!))).toBeCloseTo(probabilities[labels[0]!.label]!, 5);
    }
    await model.dispose();
  });

  it('and a special token past the model’s rows is refused in a text', async () => {
    const model = await loadLanguageModel(join(FAMILIES, 'gemma3-extra'));
    expect(() => model.tokenizer!.encode('a <image_soft_token> b')).toThrow('which this model has no row for');
    await model.dispose();
  });
});
