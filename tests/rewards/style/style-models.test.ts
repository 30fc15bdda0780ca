import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { checkStyleModels, loadStyleModels, styleDigests } from '../../../src/rewards/style/style-models.js';
import { referencesOf } from '../../../src/rewards/style/style-references.js';

const task = { name: 'formality', kind: 'style-transfer' } as const;
const other = { name: 'spam', kind: 'classification' } as const;
const model = (name: string) => ({ name, digest: `digest of ${name}` }) as LanguageModel;

describe('the judges of rewritten texts', () => {
  it('are loaded where they are named; the target LM stands in for the others', async () => {
    const loaded: string[] = [];
    const load = async (name: string) => {
      loaded.push(name);
      return model(name);
    };
    const targetLm = model('target');
    const few = await loadStyleModels(task, { contentModel: 'encoder', stylePrompt: '' }, targetLm, load);
    expect([few?.contentModel.name, few?.styleModel, few?.fluencyModel]).toEqual(['encoder', targetLm, targetLm]);
    const settings = { contentModel: 'encoder', styleModel: 'classifier', fluencyModel: 'lm', stylePrompt: '' };
    const all = await loadStyleModels(task, settings, targetLm, load);
    expect([all?.styleModel.name, all?.fluencyModel.name]).toEqual(['classifier', 'lm']);
    expect(loaded).toEqual(['encoder', 'encoder', 'classifier', 'lm']);
    expect(await loadStyleModels(other, settings, targetLm, load)).toBeUndefined();
    expect(styleDigests(all)).toEqual({
      contentModel: 'digest of encoder',
      styleModel: 'digest of classifier',
      fluencyModel: 'digest of lm',
    });
    expect(styleDigests(undefined)).toEqual({});
  });

  it('are refused where they are missing or have nothing to judge', () => {
    expect(() => checkStyleModels(task, { stylePrompt: '' })).toThrow(
      expect.objectContaining({
        code: 'E_STYLE_CONTENT_MODEL',
        exit: 'config',
        where: 'task formality',
        message: expect.stringContaining('needs an encoder'),
        next: expect.stringContaining('--content-model'),
      }),
    );
    expect(() => checkStyleModels(other, { fluencyModel: 'lm', stylePrompt: '' })).toThrow(
      expect.objectContaining({
        code: 'E_STYLE_MODEL_UNUSED',
        exit: 'config',
        where: 'fluencyModel',
        message: 'fluencyModel is only for style-transfer tasks; spam is of kind classification',
        next: 'leave it out',
      }),
    );
    checkStyleModels(task, { contentModel: 'encoder', stylePrompt: '' });
    checkStyleModels(other, { stylePrompt: '' });
  });
});

describe('references', () => {
  it('are the filled columns of that name, trimmed', () => {
    const fields = {
      reference: ' one ',
      reference2: 'two',
      reference33: 'three',
      reference4: '  ',
      references: 'no',
      myreference: 'no',
      referenceX: 'no',
      text: 'no',
    };
    expect(referencesOf({ index: 0, text: '', fields })).toEqual(['one', 'two', 'three']);
  });
});
