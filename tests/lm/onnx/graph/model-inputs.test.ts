import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../../../src/lm/onnx/graph/model-inputs.js';

const inputs = (...names: string[]) => names.map((name) => ({ name, type: 'float32', dims: [] }));

describe('the inputs of a model', () => {
  it('may be those of transformers', () => {
    const usual = ['input_ids', 'attention_mask', 'position_ids', 'past_key_values.0.key', 'past_key_values.0.value'];
    expect(() => checkInputs(inputs(...usual), 'm')).not.toThrow();
  });

  it.each([
    [
      ['input_ids', 'past_conv.0', 'past_key_values.2.key', 'past_key_values.2.value'],
      'a hybrid with convolution states',
    ],
    [['input_ids', 'cache_position', 'conv_states.0', 'ssm_states.0'], 'a state-space model'],
    [['input_ids', 'past_ssm.0'], 'a state-space model'],
    [['input_ids', 'state'], 'a recurrent model'],
  ])('%j are refused as those of %s', (names, kind) => {
    expect(() => checkInputs(inputs(...names), 'm')).toThrow(
      expect.objectContaining({
        code: 'E_MODEL_INPUT',
        exitCode: 65,
        message: expect.stringContaining(kind),
        next: expect.stringContaining('openai:MODEL'),
      }),
    );
  });

  it('of an unknown kind are named', () => {
    expect(() => checkInputs(inputs('input_ids', 'pixel_values'), 'm')).toThrow(/unknown meaning: pixel_values/);
  });
});
