import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { checkStyleModels } from '../../../src/rewards/style/style-models.js';
import { styleScorer } from '../../../src/rewards/style/style-scorer.js';
import { refusalOf } from '../../data/data-folder.js';
import { HUB_LIKE } from '../../lm/onnx/hub-like.js';
import { ScriptedScorer } from '../scripted-scorer.js';

const styles = (...names: string[]) => names.map((name) => ({ name, word: name }));
const question = { prompt: 'It is', typicalTexts: ['a', 'b'] };

describe('a style scorer', () => {
  it('gives the probabilities of a classifier in the order of the task’s styles', async () => {
    const model = await loadLanguageModel(join(HUB_LIKE, 'bert-classifier'));
    const [informal, formal] = await model.capabilities.classify!.classify(['see you']);
    const scorer = styleScorer(model, styles('Formal', 'informal'), question);
    expect(await scorer.probabilities(['see you'])).toEqual([[formal, informal]]);
    await model.dispose();
  });

  it('refuses a classifier with other classes, naming them', async () => {
    const model = await loadLanguageModel(join(HUB_LIKE, 'bert-classifier'));
    const error = await refusalOf(async () => styleScorer(model, styles('rude', 'polite'), question));
    expect(error.code).toBe('E_STYLE_CLASSES');
    expect(error.message).toContain('"informal", "formal"');
    await model.dispose();
  });

  it('takes from label words what is usual after any text', async () => {
    const labelScores = new ScriptedScorer(
      (_, input, label) => (label === 'formal' ? -3 : 0) + (input === `b` ? 0.5 : 0),
    );
    const model = { name: 'm', family: 'causal', capabilities: { labelScores } } as unknown as LanguageModel;
    const scorer = styleScorer(model, styles('informal', 'formal'), question);
    const [one] = await scorer.probabilities(['x']);
    expect(one![0]).toBeCloseTo(0.5, 6);
    await scorer.probabilities(['y']);
    expect(labelScores.asked).toEqual(['It is|a', 'It is|b', 'It is|x', 'It is|y']);
  });
});

describe('the settings of the judges', () => {
  const settings = { stylePrompt: 'It is' };

  it('need an encoder for style transfer', async () => {
    const task = { name: 'mine', kind: 'style-transfer' } as const;
    const error = await refusalOf(async () => checkStyleModels(task, settings));
    expect(error.code).toBe('E_STYLE_CONTENT_MODEL');
    expect(error.exit).toBe('config');
  });

  it('are refused where nothing is rewritten', async () => {
    const task = { name: 'mine', kind: 'classification' } as const;
    const error = await refusalOf(async () => checkStyleModels(task, { ...settings, fluencyModel: 'gpt' }));
    expect(error.code).toBe('E_STYLE_MODEL_UNUSED');
    expect(error.message).toContain('fluencyModel');
  });
});
