import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { generatorOf } from '../../src/run/prepare/run-models.js';

const NAME = 'smiles-gpt-1m';
const FOLDER = fileURLToPath(new URL(`../../models/${NAME}`, import.meta.url));
const GOLDEN = new URL(`../fixtures/embedded/${NAME}.json`, import.meta.url);
const { items } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
  items: { text: string; tokenIds: number[]; lastLogits: Record<string, number> }[];
};

let model: LanguageModel;

beforeAll(async () => {
  model = await loadLanguageModel(NAME);
});
afterAll(() => model.dispose());

it('the embedded model of molecules is small', () => {
  expect(statSync(`${FOLDER}/onnx/model.onnx`).size).toBeLessThan(2.5e6);
  expect(statSync(`${FOLDER}/training.smi`).size).toBeLessThan(1e6);
});

it('its tokenizer gives the ids of the training and the text back', () => {
  const { tokenizer } = generatorOf(model);
  for (const { text, tokenIds } of items) {
    expect(tokenizer.encode(text)).toEqual(tokenIds);
    expect(tokenizer.decode(tokenIds)).toBe(text);
  }
});

it('its logits are those of PyTorch', async () => {
  const { hiddenStates } = generatorOf(model);
  const { hiddenSize, vocabularySize } = hiddenStates;
  const { weights } = await hiddenStates.head();
  for (const { tokenIds, lastLogits } of items) {
    const { hidden, state } = await hiddenStates.begin([tokenIds]);
    state.dispose();
    for (const [id, expected] of Object.entries(lastLogits)) {
      const column = Number(id);
      const logit = hidden.reduce((sum, value, i) => sum + value * (weights[i * vocabularySize + column] ?? 0), 0);
      expect(hidden).toHaveLength(hiddenSize);
      expect(logit).toBeCloseTo(expected, 3);
    }
  }
});
