import { describe, expect, it } from 'vitest';
import { modelName } from '../../../src/report/sections/model-name.js';
import { tokenText } from '../../../src/report/sections/token-text.js';

describe('tokens as people read them', () => {
  it.each([
    ['Ġback', '␣back'],
    ['Ċ', '⏎'],
    ['Ã¤ch', 'äch'],
    ['▁sicher', '␣sicher'],
    ['##ing', '##ing'],
    ['日本', '日本'],
  ])('shows %s as %s', (piece, text) => expect(tokenText(piece)).toBe(text));

  it('leaves a piece of a character as it is in the vocabulary', () => expect(tokenText('æĹ')).toBe('æĹ'));
});

describe('the name of a model', () => {
  it.each([
    ['/home/me/models/smollm2-135m/', 'smollm2-135m'],
    ['./models/tiny.onnx', 'tiny.onnx'],
    ['C:\\models\\tiny', 'tiny'],
    ['models/of/mine', 'mine'],
    ['HuggingFaceTB/SmolLM2-135M', 'HuggingFaceTB/SmolLM2-135M'],
    ['mail-gpt-4m', 'mail-gpt-4m'],
  ])('of %s is %s', (model, name) => expect(modelName(model)).toBe(name));
});
