import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { splitHead } from '../../../src/lm/onnx/head/split-head.js';
import { allVariants, maxAbsDiff, openSource, runText } from './hub-like.js';

const LMS = allVariants().filter(({ golden }) => golden.kind === 'causal' || golden.kind === 'mlm');

/** Float32 products summed in another order; values here go up to 7. */
const ROUNDING = 3e-6;

/** The file whose head is PyTorch's own, for a folder that has none of its own or none in float32. */
const EXACT_HEADS: Record<string, string> = { 'llama-gqa-shared': 'llama-tied', 'llama-external': 'llama' };

describe.each(LMS)('$folder/$name', ({ folder, path, golden, variant }) => {
  test('is cut where the fixtures say', async () => {
    const cut = await splitHead(path);
    const head = variant.head![0]!;
    expect(cut.description).toEqual({
      node: head.node,
      op: head.op,
      weight: head.weight,
      hidden: head.hidden,
      tied: head.sharedWithEmbedding,
      hasBias: head.bias !== null,
    });
    expect([cut.hiddenSize, cut.vocabularySize]).toEqual([golden.hiddenSize, golden.vocabSize]);
    expect(cut.dynamicQuantised).toBe(variant.notableOps.includes('DynamicQuantizeLinear'));
    const session = await openSource(cut.source);
    expect(session.outputNames).toEqual([cut.hiddenOutput, ...(cut.kv?.outputs ?? [])]);
    expect([...session.inputNames]).toEqual(cut.inputs.map(({ name }) => name));
    await session.release();
  });

  test('has a head that differs from that of PyTorch by its quantisation only', async () => {
    const { weights } = await (await splitHead(path)).head();
    const exact = LMS.find((other) => other.folder === (EXACT_HEADS[folder] ?? folder) && isExact(other.variant))!;
    const { weights: reference } = await (await splitHead(exact.path)).head();
    // The fixtures give seven digits of the largest difference.
    expect(maxAbsDiff(weights, reference)).toBeCloseTo(variant.head![0]!.weightMaxAbsDiff, 7);
  });

  test('gives the hidden states of PyTorch, and with the head the logits of the whole file', async () => {
    const cut = await splitHead(path);
    const { weights, bias } = await cut.head();
    const { hiddenSize, vocabularySize } = cut;
    const [session, whole] = await Promise.all([openSource(cut.source), ort.InferenceSession.create(path)]);
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
    // The fixtures' figures are maxima over all positions, computed by another build of the runtime on another CPU.
    expect(worst.hidden).toBeLessThanOrEqual(1.5 * variant.hiddenMaxAbsDiff + ROUNDING);
    expect(worst.logits).toBeLessThanOrEqual(1.5 * variant.hiddenTimesWeightMaxAbsDiff + ROUNDING);
    await Promise.all([session.release(), whole.release()]);
  });

  test('gives single columns of the head as they are in the whole', async () => {
    const cut = await splitHead(path);
    const ids = [3, cut.vocabularySize - 1, 0, 3];
    const [whole, some] = [await cut.head(), await cut.headColumns(ids)];
    for (let h = 0; h < cut.hiddenSize; h++) {
      const row = ids.map((id) => whole.weights[h * cut.vocabularySize + id]!);
      expect([...some.weights.subarray(h * ids.length, (h + 1) * ids.length)]).toEqual(row);
    }
    expect(some.bias && [...some.bias]).toEqual(whole.bias && ids.map((id) => whole.bias![id]!));
    await expect(cut.headColumns([cut.vocabularySize])).rejects.toThrow('outside the vocabulary');
  });
});

function isExact(variant: { head?: { weightMaxAbsDiff: number }[] }): boolean {
  return variant.head?.[0]?.weightMaxAbsDiff === 0;
}
