import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../../src/lm/onnx/families/inspect-model.js';
import { checkInputs } from '../../../../src/lm/onnx/graph/model-inputs.js';

const inputs = (...names: string[]) => names.map((name) => ({ name, type: 'float32', dims: [] }));

describe('the inputs of a model', () => {
  it('may be those of transformers', () => {
    const usual = ['input_ids', 'attention_mask', 'position_ids', 'past_key_values.0.key', 'past_key_values.0.value'];
    expect(() => checkInputs(inputs(...usual), 'm')).not.toThrow();
  });

  it.each([
    [['input_ids', 'encoder_attention_mask', 'encoder_hidden_states'], 'an encoder-decoder'],
    [['input_ids', 'attention_mask', 'decoder_input_ids'], 'an encoder-decoder'],
    [['input_ids', 'past_key_values.0.decoder.key', 'past_key_values.0.encoder.key'], 'an encoder-decoder'],
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

  it('tell of a T5 in a folder', async () => {
    const folder = join(import.meta.dirname, '../../../fixtures/families/t5');
    const { usableAs, refusal } = await inspectModel(folder);
    expect(usableAs).toEqual([]);
    expect(refusal).toContain('an encoder-decoder (T5');
  });
});
