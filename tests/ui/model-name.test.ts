import { describe, expect, it } from 'vitest';
import { modelName } from '../../src/ui/model-name.js';

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
