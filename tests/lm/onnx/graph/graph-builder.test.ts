import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../../src/lm/onnx/graph/graph-builder.js';

describe('GraphBuilder', () => {
  test('builds a graph that the runtime computes', async () => {
    const graph = new GraphBuilder('affine');
    const x = graph.input('x', 'float32', ['n', 2]);
    const weights = graph.constant('weights', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const product = graph.node('MatMul', [x, weights]);
    graph.node('LeakyRelu', [product], { name: 'y', attributes: { alpha: { float: 0.5 } } });
    graph.output('y', 'float32', ['n', 3]);
    const session = await ort.InferenceSession.create(graph.build());
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 0, 0, -1), [2, 2]) });
    expect([...(y!.data as Float32Array)]).toEqual([1, 2, 3, -2, -2.5, -3]);
    expect(y!.dims).toEqual([2, 3]);
    await session.release();
  });

  test('gives nodes with several outputs, integer lists and other domains what they ask for', async () => {
    const graph = new GraphBuilder('several');
    const x = graph.input('x', 'float32', [1, 4]);
    const parts = graph.constant('parts', BigInt64Array.of(1n, 3n), [2]);
    const [first, rest] = graph.nodes('Split', [x, parts], { attributes: { axis: 1 }, outputs: 2 });
    const turned = graph.node('Transpose', [rest!], { attributes: { perm: [1, 0] } });
    graph.node('FusedMatMul', [turned, first!], { name: 'y', domain: 'com.microsoft', attributes: { transB: 1 } });
    graph.output('y', 'float32', [3, 1]);
    const session = await ort.InferenceSession.create(graph.build({ opset: 17, irVersion: 8 }));
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(2, 3, 4, 5), [1, 4]) });
    expect([...(y!.data as Float32Array)]).toEqual([6, 8, 10]);
    await session.release();
  });

  test('refuses a constant whose shape does not fit its values', () => {
    expect(() => new GraphBuilder('bad').constant('w', new Float32Array(5), [2, 3])).toThrow('constant w: 5 values');
  });
});
