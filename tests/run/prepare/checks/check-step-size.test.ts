import { totalmem } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBEDDED_MODEL } from '../../../../src/config/settings/defaults.js';
import { loadLanguageModel } from '../../../../src/lm/load.js';
import type { LoadedModel } from '../../../../src/lm/onnx/run/model-parts.js';
import { checkStepSize } from '../../../../src/run/prepare/checks/check-step-size.js';

describe('the memory of a step', () => {
  const usual = { promptsPerStep: 16, promptLength: 5, innerSize: 2048 };
  let generator: LoadedModel;
  beforeAll(async () => {
    generator = await loadLanguageModel(EMBEDDED_MODEL);
  });
  afterAll(() => generator.dispose());

  it('is no matter at the usual sizes', () => {
    expect(() => checkStepSize(usual, generator)).not.toThrow();
  });

  it('is refused where logits, or the inner layer, would not fit into this machine', () => {
    const tooMany = Math.ceil(totalmem() / 1000);
    for (const large of [{ promptsPerStep: tooMany }, { promptLength: tooMany }, { innerSize: tooMany }])
      expect(() => checkStepSize({ ...usual, ...large }, generator)).toThrow(
        expect.objectContaining({ code: 'E_MEMORY', exit: 'unavailable' }),
      );
  });
});
