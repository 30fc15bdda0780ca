import { embeddedModels } from '../src/lm/model/embedded.js';
import { findModelFolder } from '../src/lm/model/model-folder.js';
import { openModelFile } from '../src/lm/onnx/graph/file/model-file.js';
import { GraphBuilder } from '../src/lm/onnx/graph/graph-builder.js';
import { decodeModel, type OnnxGraph, toNumber } from '../src/lm/onnx/graph/proto.js';
import { splitHead } from '../src/lm/onnx/head/split-head.js';
import { createSession } from '../src/lm/onnx/run/session.js';
import type { BodyShape } from '../src/lm/onnx/runtime/runtime-meter.js';
import { processorSeconds } from './machine.js';

/** A weight [inner, outer] of the body, and whether it is needed at the kept positions only. */
interface Weight {
  readonly inner: number;
  readonly outer: number;
  readonly onlyKept: boolean;
}

export interface ProductTimes {
  readonly seconds: number;
  /** Processor seconds. */
  readonly processor: number;
  readonly gflop: number;
}

export interface Products {
  /** What the matrix products of these calls take, and nothing else. */
  time(calls: readonly BodyShape[]): Promise<ProductTimes>;
}

/** The body's weights that hidden states are multiplied with, as the loaded graph has them. */
async function bodyWeights(folder: string): Promise<Weight[]> {
  const { source } = await splitHead(findModelFolder(folder).onnxPath, { tuned: true });
  const graph = 'path' in source ? openModelFile(source.path).model.graph : decodeModel(source.bytes).graph!;
  const dims = constantDims(graph);
  const afterCut = new Set(['first_kept']);
  const weights: Weight[] = [];
  for (const node of graph.node) {
    const onlyKept = node.input.some((name) => afterCut.has(name));
    if (onlyKept) for (const name of node.output) afterCut.add(name);
    const [inner, outer, ...more] = dims.get(node.input[1] ?? '') ?? [];
    if (/^(MatMul|Gemm)$/.test(node.opType) && inner && outer && more.length === 0) {
      const isTurned = node.attribute.some(({ name, i }) => name === 'transB' && toNumber(i) === 1);
      weights.push(isTurned ? { inner: outer, outer: inner, onlyKept } : { inner, outer, onlyKept });
    }
  }
  return weights;
}

/** Shapes of constants, also where a node widens or turns them first. */
function constantDims(graph: OnnxGraph): Map<string, number[]> {
  const dims = new Map(graph.initializer.map((tensor) => [tensor.name ?? '', tensor.dims.map(toNumber)]));
  for (const { opType, input, output } of graph.node) {
    const given = dims.get(input[0] ?? '');
    if (given && opType === 'Cast') dims.set(output[0]!, given);
    if (given && opType === 'Transpose') dims.set(output[0]!, [...given].reverse());
  }
  return dims;
}

function numbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((i * 2654435761) >>> 0) / 2 ** 32 - 0.5) / 8);
}

/** One graph with all weights of a body, each a matrix of its own as in the model, and nothing but their products. */
export async function createProducts(model: string, threads: number | undefined): Promise<Products> {
  const weights = await bodyWeights(embeddedModels().find(({ name }) => name === model)?.path ?? model);
  if (weights.length === 0) throw new Error(`${model} has no plain matrix products (a quantised model?)`);
  const builder = new GraphBuilder('products');
  const inputs = new Map<string, Weight>();
  const outputs = weights.map((weight, i) => {
    const input = `in_${weight.inner}_${weight.onlyKept}`;
    if (!inputs.has(input)) builder.input(input, 'float32', ['rows', `${input}_positions`, weight.inner]);
    inputs.set(input, weight);
    const constant = builder.constant(`w${i}`, numbers(weight.inner * weight.outer), [weight.inner, weight.outer]);
    const output = builder.node('MatMul', [input, constant], { name: `out_${i}` });
    builder.output(output, 'float32', ['rows', `${input}_positions`, weight.outer]);
    return output;
  });
  const session = await createSession({ bytes: builder.build() }, { threads });
  const time = async (calls: readonly BodyShape[]) => {
    let [ms, processor, gflop] = [0, 0, 0];
    for (const { rows, tokens, kept } of calls) {
      const positions = ({ onlyKept }: Weight) => (onlyKept ? kept : tokens);
      const feeds = Object.fromEntries(
        [...inputs].map(([name, weight]) => {
          const dims = [rows, positions(weight), weight.inner];
          return [name, session.tensor('float32', numbers(dims[0]! * dims[1]! * dims[2]!), dims)];
        }),
      );
      const [began, before] = [performance.now(), processorSeconds()];
      await session.run(feeds, outputs.slice(-1));
      ms += performance.now() - began;
      processor += processorSeconds() - before;
      for (const weight of weights) gflop += 2e-9 * rows * positions(weight) * weight.inner * weight.outer;
    }
    return { seconds: ms / 1000, processor, gflop };
  };
  return { time };
}
