import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../../src/lm/load.js';
import { HiddenMemo } from '../../../../src/lm/onnx/run/hidden-memo.js';
import { runtimeMeter } from '../../../../src/lm/onnx/runtime/runtime-meter.js';
import { defaultTemplate } from '../../../../src/template/parse-template.js';
import { HUB_LIKE } from '../hub-like.js';

describe('states that are kept', () => {
  it('leave, the oldest first, when they take more than 64 MiB', () => {
    const memo = new HiddenMemo();
    for (let i = 0; i < 17; i++) memo.set(String(i), new Float32Array(1024 * 1024).fill(i));
    expect(memo.get('0')).toBeUndefined();
    expect(memo.get('3')?.[0]).toBe(3);
    expect(memo.get('16')?.[0]).toBe(16);
  });
});

describe.each([
  { folder: 'gpt2', family: 'causal' },
  { folder: 'bert', family: 'masked' },
] as const)('$folder', ({ folder, family }) => {
  it('reads the same rows by other words without a forward, to the same numbers', async () => {
    const template = defaultTemplate(family);
    const rows = [0, 1, 2].flatMap((prompt) => [0, 1].map((input) => [prompt, input] as const));
    const texts = { template, prompts: ['', 'it is', 'so'], inputs: ['a good day', 'no'], rows };
    const read = async (words: readonly string[], after: readonly string[] | undefined) => {
      const model = await loadLanguageModel(join(HUB_LIKE, folder));
      const scorer = model.capabilities.labelScores!;
      const request = (own: readonly string[]) => {
        const labels = scorer.resolveLabels(
          template,
          own.map((word) => ({ label: word, word })),
        );
        return { ...texts, labels, normalise: 'none' as const };
      };
      if (after) await scorer.labelScores(request(after));
      const before = runtimeMeter.calls;
      const scores = await scorer.labelScores(request(words));
      const calls = runtimeMeter.calls - before;
      await model.dispose();
      return { scores, calls };
    };
    const fresh = await read(['the', 'of'], undefined);
    const again = await read(['the', 'of'], ['of', 'the']);
    expect(fresh.calls).toBeGreaterThan(0);
    expect(again.calls).toBe(0);
    expect(again.scores).toEqual(fresh.scores);
  });
});
