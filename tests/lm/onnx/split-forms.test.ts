import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { halfBits } from '../../../src/lm/onnx/graph/float16.js';
import { GraphBuilder } from '../../../src/lm/onnx/graph/graph-builder.js';
import { splitHead } from '../../../src/lm/onnx/head/split-head.js';
import { allVariants, openSource } from './hub-like.js';

const [HIDDEN, VOCABULARY] = [3, 5];
const VALUES = Float32Array.from({ length: HIDDEN * VOCABULARY }, (_, i) => ((i * 7) % 11) / 4 - 1);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-forms-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A model that looks token ids up in a table, doubles what it finds and makes logits of it. */
function model(name: string, makeLogits: (graph: GraphBuilder, hidden: string, table: string) => void): string {
  const graph = new GraphBuilder(name);
  const ids = graph.input('input_ids', 'int64', ['rows', 'positions']);
  const table = graph.constant('table', VALUES, [VOCABULARY, HIDDEN]);
  const embedded = graph.node('Gather', [table, ids]);
  const hidden = graph.node('Add', [embedded, embedded], { name: 'hidden' });
  makeLogits(graph, hidden, table);
  graph.output('logits', 'float32', ['rows', 'positions', VOCABULARY]);
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, graph.build());
  return path;
}

async function expectSameLogits(path: string): Promise<void> {
  const cut = await splitHead(path);
  // Optimised, the runtime rounds activations to 8 bits before it multiplies them with dequantised weights.
  const whole = await ort.InferenceSession.create(path, { graphOptimizationLevel: 'disabled' });
  const session = await openSource(cut.source);
  const feeds = { input_ids: new ort.Tensor('int64', BigInt64Array.of(0n, 4n, 2n, 1n), [2, 2]) };
  const hidden = (await session.run(feeds))[cut.hiddenOutput]!;
  expect(hidden.dims).toEqual([2, 2, HIDDEN]);
  const { weights, bias } = await cut.head();
  const logits = (await whole.run(feeds)).logits!.data as Float32Array;
  logits.forEach((logit, i) => {
    const [row, v] = [Math.floor(i / VOCABULARY), i % VOCABULARY];
    let sum = bias?.[v] ?? 0;
    for (let h = 0; h < HIDDEN; h++)
      sum += (hidden.data as Float32Array)[row * HIDDEN + h]! * weights[h * VOCABULARY + v]!;
    expect(sum).toBeCloseTo(logit, 4);
  });
  await Promise.all([session.release(), whole.release()]);
}

describe('forms of output layers beyond the fixtures', () => {
  test('a half-precision weight that is cast and transposed', async () => {
    const halves = Uint16Array.from(VALUES, halfBits);
    const path = model('cast', (graph, hidden) => {
      const stored = graph.constant('stored', halves, [VOCABULARY, HIDDEN]);
      const wide = graph.node('Cast', [stored], { attributes: { to: 1 } });
      const turned = graph.node('Transpose', [wide], { attributes: { perm: [1, 0] } });
      graph.node('MatMul', [hidden, turned], { name: 'logits' });
    });
    await expectSameLogits(path);
    expect((await splitHead(path)).description).toMatchObject({ weight: 'stored', tied: false });
  });

  test('a Gemm between two Reshapes, with a bias of its own', async () => {
    const path = model('gemm', (graph, hidden, table) => {
      const shape = graph.node('Shape', [hidden]);
      const flat = graph.node('Reshape', [hidden, graph.constant('flat', BigInt64Array.of(-1n, 3n), [2])]);
      const bias = graph.constant('bias', Float32Array.of(1, 2, 3, 4, 5), [VOCABULARY]);
      const product = graph.node('Gemm', [flat, table, bias], { attributes: { transB: 1 } });
      const rows = graph.node('Slice', [
        shape,
        ...['0', '2'].map((n) => graph.constant(n, BigInt64Array.of(BigInt(n)), [1])),
      ]);
      const out = graph.node('Concat', [rows, graph.constant('v', BigInt64Array.of(5n), [1])], {
        attributes: { axis: 0 },
      });
      graph.node('Reshape', [product, out], { name: 'logits' });
    });
    await expectSameLogits(path);
    expect((await splitHead(path)).description).toMatchObject({ op: 'Gemm', tied: true, hasBias: true });
  });

  test('a weight quantised by columns, through DequantizeLinear after Transpose', async () => {
    const path = model('columns', (graph, hidden) => {
      const stored = graph.constant(
        'stored',
        Uint8Array.from({ length: 15 }, (_, i) => (i * 37) % 256),
        [5, 3],
      );
      const scale = graph.constant('scale', Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5), [5]);
      const zero = graph.constant('zero', Uint8Array.of(1, 20, 128, 200, 255), [5]);
      const turned = graph.node('Transpose', [stored]);
      const weight = graph.node('DequantizeLinear', [turned, scale, zero], { attributes: { axis: 1 } });
      graph.node('MatMul', [hidden, weight], { name: 'logits' });
    });
    await expectSameLogits(path);
  });

  test('a weight in a Constant node', async () => {
    const path = model('constant', (graph, hidden) => {
      const weight = graph.node('Constant', [], {
        attributes: { value: { tensor: VALUES, dims: [HIDDEN, VOCABULARY] } },
      });
      graph.node('MatMul', [hidden, weight], { name: 'logits' });
    });
    await expectSameLogits(path);
  });
});

describe('what cannot be cut is refused by name', () => {
  test.each([
    [
      'soft-capped logits',
      'Tanh',
      (graph: GraphBuilder, hidden: string, table: string) => {
        const product = graph.node('MatMul', [hidden, graph.node('Transpose', [table])]);
        graph.node('Tanh', [product], { name: 'logits' });
      },
    ],
    [
      'a weight that is computed',
      'is made by the node Relu',
      (graph: GraphBuilder, hidden: string, table: string) => {
        graph.node('MatMul', [hidden, graph.node('Relu', [graph.node('Transpose', [table])])], { name: 'logits' });
      },
    ],
    [
      'a weight that depends on the input',
      'is made by the node Add',
      (graph: GraphBuilder, hidden: string) => {
        const turned = graph.node('Transpose', [hidden], { attributes: { perm: [0, 2, 1] } });
        graph.node('MatMul', [hidden, graph.node('Add', [turned, turned])], { name: 'logits' });
      },
    ],
    [
      'a bias that is computed',
      'adds a computed value',
      (graph: GraphBuilder, hidden: string, table: string) => {
        const product = graph.node('MatMul', [hidden, graph.node('Transpose', [table])]);
        graph.node('Add', [product, product], { name: 'logits' });
      },
    ],
  ])('%s', async (name, found, makeLogits) => {
    await expect(splitHead(model(name.replaceAll(' ', '-'), makeLogits))).rejects.toMatchObject({
      code: 'E_MODEL_HEAD',
      exit: 'data',
      message: expect.stringContaining(found),
      next: expect.any(String),
    });
  });

  test.each(allVariants().filter(({ golden }) => golden.kind === 'cls' || golden.kind === 'enc'))(
    '$folder/$name',
    async ({ path, golden }) => {
      await expect(splitHead(path)).rejects.toMatchObject({
        code: 'E_MODEL_HEAD',
        message: expect.stringContaining(golden.kind === 'cls' ? 'a classifier' : 'its outputs: last_hidden_state'),
      });
    },
  );

  test('an input of unknown meaning', async () => {
    const graph = new GraphBuilder('encoder-decoder');
    graph.input('input_ids', 'int64', ['n', 'p']);
    const x = graph.input('encoder_hidden_states', 'float32', ['n', 'p', HIDDEN]);
    graph.node('MatMul', [x, graph.constant('w', VALUES, [HIDDEN, VOCABULARY])], { name: 'logits' });
    graph.output('logits', 'float32', ['n', 'p', VOCABULARY]);
    const path = join(folder, 'encoder-decoder.onnx');
    writeFileSync(path, graph.build());
    await expect(splitHead(path)).rejects.toMatchObject({
      code: 'E_MODEL_INPUT',
      message: expect.stringContaining('encoder_hidden_states'),
    });
  });
});
