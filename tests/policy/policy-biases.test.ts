import { describe, expect, it } from 'vitest';
import { biasesOf, biasesWithStop } from '../../src/policy/policy-biases.js';

const size = {
  hiddenSize: 2,
  innerSize: 2,
  vocabularySize: 3,
  headWeights: new Float32Array(6),
  parameters: undefined,
};
const headBias = Float32Array.of(1, 2, 4);
const tokenBias = Float32Array.of(0, -8, 0);

const listed = ({ policy, lm }: ReturnType<typeof biasesOf>) => ({ policy: [...policy], lm: [...lm] });

describe('what is added to the logits', () => {
  it('is one number where nothing differs by token', () => {
    expect(listed(biasesOf(size))).toEqual({ policy: [0], lm: [0] });
    expect(listed(biasesOf({ ...size, logitBias: -10, priorWeight: 1 }))).toEqual({ policy: [-10], lm: [0] });
  });

  it('has the head’s bias once, and once more by the weight of the LM’s logits', () => {
    const both = biasesOf({ ...size, headBias, logitBias: -10, priorWeight: 0.5 });
    expect(listed(both)).toEqual({ policy: [1.5 - 10, 3 - 10, 6 - 10], lm: [1, 2, 4] });
    expect(listed(biasesOf({ ...size, headBias }))).toEqual({ policy: [1, 2, 4], lm: [1, 2, 4] });
  });

  it('has what is given by token once, whatever the LM weighs', () => {
    const masked = biasesOf({ ...size, tokenBias, logitBias: 3, priorWeight: 2 });
    expect(listed(masked)).toEqual({ policy: [3, -5, 3], lm: [0, -8, 0] });
    const all = biasesOf({ ...size, headBias, tokenBias, priorWeight: 1 });
    expect(listed(all)).toEqual({ policy: [2, -4, 8], lm: [1, -6, 4] });
  });
});

describe('what is added where a prompt may end', () => {
  it('frees the stop token of its mask and lifts it, in the policy by the weight of the LM’s logits', () => {
    const stop = { tokenId: 1, lift: 6 };
    const ending = biasesWithStop({ ...size, headBias, tokenBias, logitBias: -10, priorWeight: 0.5 }, stop);
    expect(listed(ending)).toEqual({ policy: [1.5 - 10, 3 - 10 + 3, 6 - 10], lm: [1, 2 + 6, 4] });
    expect([...tokenBias]).toEqual([0, -8, 0]);
  });

  it('lifts the stop token in the LM alone where the LM has no weight in the policy', () => {
    expect(listed(biasesWithStop(size, { tokenId: 2, lift: 6 }))).toEqual({ policy: [0, 0, 0], lm: [0, 0, 6] });
  });
});
