import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { cutHead } from '../../../src/lm/onnx/cut-model.js';
import { allVariants, maxAbsDiff, runText } from './hub-like.js';

const LMS = allVariants().filter(({ golden }) => golden.kind === 'causal' || golden.kind === 'mlm');

/** Float32 products summed in another order; values here go up to 7. */
const ROUNDING = 3e-6;

function open(source: { path: string } | { bytes: Uint8Array }): Promise<ort.InferenceSession> {
  return 'path' in source ? ort.InferenceSession.create(source.path) : ort.InferenceSession.create(source.bytes);
}

describe.each(LMS)('$folder/$name', ({ path, golden, variant }) => {
  test('is cut where the fixtures say', async () => {
    const cut = await cutHead(path);
    const head = variant.head![0]!;
    expect(cut.description).toEqual({
      node: expect.any(String),
      op: head.op,
      weight: head.weight,
      hidden: head.hidden,
      tied: head.sharedWithEmbedding,
      hasBias: head.bias !== null,
    });
    expect([cut.hiddenSize, cut.vocabularySize]).toEqual([golden.hiddenSize, golden.vocabSize]);
    const session = await open(cut.source);
    expect(session.outputNames).toEqual([cut.hiddenOutput, ...(cut.kv?.outputs ?? [])]);
    expect([...session.inputNames]).toEqual(cut.inputs.map(({ name }) => name));
    await session.release();
  });

  test('gives the hidden states of PyTorch, and with the head the logits of the whole file', async () => {
    const cut = await cutHead(path);
    const { weights, bias } = await cut.head();
    const { hiddenSize, vocabularySize } = cut;
    const [session, whole] = await Promise.all([open(cut.source), ort.InferenceSession.create(path)]);
    const worst = { hidden: 0, logits: 0 };
    for (const { ids, position, lastHidden } of golden.items) {
      const hidden = await runText(session, cut, cut.hiddenOutput, ids);
      expect(hidden.length).toBe(ids.length * hiddenSize);
      const row = hidden.subarray(position * hiddenSize, (position + 1) * hiddenSize);
      worst.hidden = Math.max(worst.hidden, maxAbsDiff(row, lastHidden));
      const logits = await runText(whole, cut, 'logits', ids);
      const expected = logits.subarray(position * vocabularySize, (position + 1) * vocabularySize);
      const got = expected.map((_, v) => {
        let sum = bias?.[v] ?? 0;
        for (let h = 0; h < hiddenSize; h++) sum += row[h]! * weights[h * vocabularySize + v]!;
        return sum;
      });
      worst.logits = Math.max(worst.logits, maxAbsDiff(got, expected));
    }
    // The fixtures' figures are maxima over all positions, computed by another build of the runtime.
    expect(worst.hidden).toBeLessThanOrEqual(1.5 * variant.hiddenMaxAbsDiff + ROUNDING);
    expect(worst.logits).toBeLessThanOrEqual(1.5 * variant.hiddenTimesWeightMaxAbsDiff + ROUNDING);
    await Promise.all([session.release(), whole.release()]);
  });
});
