import { describe, expect, it } from 'vitest';
import { CausalBody } from '../../../../src/lm/onnx/families/causal/causal-body.js';
import { probeCausal } from '../../../../src/lm/onnx/families/causal/probe-causal.js';
import { openModelFile } from '../../../../src/lm/onnx/graph/file/model-file.js';
import { kvCache, modelInputs } from '../../../../src/lm/onnx/graph/model-inputs.js';
import { decodeModel } from '../../../../src/lm/onnx/graph/proto.js';
import { type SplitModel, splitHead } from '../../../../src/lm/onnx/head/split-head.js';
import { gatherKv, rowsOfBlock } from '../../../../src/lm/onnx/run/kv-block.js';
import { createSession } from '../../../../src/lm/onnx/run/session.js';
import { expandGroupedAttention } from '../../../../src/lm/onnx/tune/expand-grouped-attention.js';
import { allVariants, maxAbsDiff } from '../hub-like.js';

/** Models with a cache in single precision, whose numbers PyTorch's goldens hold. */
const EXACT = allVariants().filter(({ golden, folder, name }) => {
  return golden.kind === 'causal' && name === 'model.onnx' && folder !== 'qwen2-dynamo';
});
const GROUPED = EXACT.filter(({ variant }) => variant.notableOps.includes('GroupQueryAttention'));
const FLOATS = allVariants().filter(({ variant, name }) => {
  return variant.notableOps.includes('GroupQueryAttention') && !name.includes('quantized');
});

async function open(
  path: string,
  tuned = true,
): Promise<{ body: CausalBody; cut: SplitModel; close(): Promise<void> }> {
  const cut = await splitHead(path, { tuned });
  const session = await createSession(cut.source, { threads: 1 });
  return { body: new CausalBody(session, cut), cut, close: () => session.dispose() };
}

/** OPT runs its last layer over flattened rows; the other one cuts positions itself. */
const ALL_POSITIONS = ['opt', 'qwen2-num-logits'];

describe.each(EXACT)('$folder with a tuned body', ({ folder, path, golden, variant }) => {
  it('gives the hidden states of PyTorch to a text that comes in two blocks, padded and beside another', async () => {
    expect.hasAssertions();
    const { body, cut, close } = await open(path);
    for (const { ids, position, lastHidden } of golden.items) {
      const half = Math.floor(ids.length / 2);
      if (half < 2 || position !== ids.length - 1) continue;
      const start = await body.run({ tokens: [ids.slice(0, half)], keepCache: true });
      const row = { block: start.past!, row: 0, positions: half };
      const past = await gatherKv([row, { ...row, positions: half - 1 }], half + 3);
      const rest = [ids.slice(half), [...ids.slice(half - 1, -1)]];
      const { hidden } = await body.run({ tokens: rest, past, padding: [3, 4], keepCache: false, lastOnly: true });
      const own = hidden.subarray(hidden.length / 2 - cut.hiddenSize, hidden.length / 2);
      expect(maxAbsDiff(own, lastHidden)).toBeLessThanOrEqual(Math.max(2e-5, 3 * variant.hiddenMaxAbsDiff));
    }
    await close();
  });

  it('gives rows that share a past the same bits as rows that have one each', async () => {
    const { body, close } = await open(path);
    const { ids } = golden.items.find((item) => item.ids.length >= 4)!;
    const start = await body.run({ tokens: [ids.slice(0, 2), ids.slice(1, 3)], keepCache: true });
    const rows = [1, 0, 1];
    const call = { tokens: rows.map((_, i) => [ids[i]!]), keepCache: true };
    const own = await body.run({ ...call, past: await gatherKv(rowsOfBlock(start.past!, rows), 2) });
    const shared = await body.run({ ...call, past: start.past, pastRows: rows });
    expect(shared).toEqual(own);
    await close();
  });

  it('computes the last position alone as it computes it among all', async () => {
    const { body, cut, close } = await open(path);
    const tokens = golden.items.map(({ ids }) => ids.slice(0, 4));
    const all = await body.run({ tokens, keepCache: true });
    const last = await body.run({ tokens, keepCache: true, lastOnly: true });
    const size = cut.hiddenSize;
    const positions = last.hidden.length / size / tokens.length;
    expect(positions).toBe(ALL_POSITIONS.includes(folder) ? 4 : 1);
    for (const row of tokens.keys()) {
      const own = last.hidden.subarray((row + 1) * positions * size - size, (row + 1) * positions * size);
      expect(maxAbsDiff(own, all.hidden.subarray((row + 1) * 4 * size - size, (row + 1) * 4 * size))).toBeLessThan(
        1e-6,
      );
    }
    expect(last.past).toEqual(all.past);
    await close();
  });
});

describe.each(FLOATS)('$folder/$name', ({ path }) => {
  it('takes blocks of tokens and padding once its grouped attention is spelt out, as it stands it does not', async () => {
    const [tuned, plain] = [await open(path), await open(path, false)];
    expect(await probeCausal(tuned.body, tuned.cut.vocabularySize, path)).toMatchObject({
      append: 'many',
      padding: true,
    });
    expect(await probeCausal(plain.body, plain.cut.vocabularySize, path)).toMatchObject({
      append: 'one',
      padding: false,
    });
    await Promise.all([tuned.close(), plain.close()]);
  });
});

describe.each(EXACT.filter(({ folder }) => ['llama', 'llama-tied', 'qwen2', 'qwen2-optimum-onnx'].includes(folder)))(
  'The keys of $folder',
  ({ path }) => {
    it('are repeated for each head as exported, and not at all when tuned', async () => {
      expect(await repeatedCaches(path, false)).toBe(4);
      expect(await repeatedCaches(path, true)).toBe(0);
    });
  },
);

/** How many keys and values of the cache are spread over heads. */
async function repeatedCaches(path: string, tuned: boolean): Promise<number> {
  const { source, kv } = await splitHead(path, { tuned });
  const { node: nodes } = decodeModel((source as { bytes: Uint8Array }).bytes).graph!;
  const widened = nodes.filter(({ opType, input }) => opType === 'Unsqueeze' && kv!.outputs.includes(input[0]!));
  return nodes.filter(({ opType, input }) => {
    return /^(Expand|Tile)$/.test(opType) && widened.some(({ output }) => output[0] === input[0]);
  }).length;
}

describe('Grouped attention', () => {
  it.each(['local_window_size', 'softcap', 'something_new'])('with %s is left to the kernel', (name) => {
    const file = openModelFile(GROUPED[0]!.path);
    const { graph } = file.model;
    const node = graph.node.find(({ opType }) => opType === 'GroupQueryAttention')!;
    node.attribute = [
      ...node.attribute.filter((attribute) => attribute.name !== name),
      name === 'softcap' ? { name, type: 1, f: 30 } : { name, type: 2, i: 4 },
    ];
    const before = [...graph.node];
    expect(expandGroupedAttention(graph, kvCache(graph, modelInputs(graph)))).toBe(false);
    expect(graph.node).toEqual(before);
  });
});
