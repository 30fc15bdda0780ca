import { expect, it, onTestFinished } from 'vitest';
import { frozenHead } from '../../src/policy/frozen-head.js';
import { scriptedGenerator } from '../trainers/scripted-generator.js';
import { lmLogits } from './reference-policy.js';

it('the head of a frozen LM gives the LM’s own logits, over its whole vocabulary', async () => {
  const { hiddenStates } = scriptedGenerator();
  const { hiddenSize, vocabularySize } = hiddenStates;
  const { weights, bias } = await hiddenStates.head();
  const head = await frozenHead(hiddenStates, { weights, ...(bias ? { bias } : {}) });
  onTestFinished(() => void head.dispose());
  const { hidden, state } = await hiddenStates.begin([[0, 3]]);
  state.dispose();
  const { logits } = await head.candidates(hidden, {});
  const [expected = []] = lmLogits(
    { hiddenSize, vocabularySize, innerSize: 1, head: weights, bias: bias ?? new Float32Array(vocabularySize) },
    hidden,
  );
  expect(logits).toHaveLength(vocabularySize);
  for (const [id, logit] of logits.entries()) expect(logit).toBeCloseTo(expected[id] ?? 0, 4);
});
