import type { ModelFile } from '../graph/file/model-file-types.js';
import type { GraphScope } from '../graph/graph-scope.js';
import type { OnnxNode } from '../graph/proto.js';
import { cannotCut } from './head-error.js';
import { type LogitFactors, stepOverFactor } from './head-factors.js';
import { type HeadProduct, readIntegerProduct, readProduct } from './head-product.js';
import { resolveVector } from './head-weight.js';

/** The output layer of a graph: `output = hidden · weight + bias`. */
export interface HeadMatch extends HeadProduct, LogitFactors {
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** Sum of the biases after the product, times the scale where that comes later; [vocabulary]. */
  readonly biasValues: Float32Array | undefined;
}

/** No export puts more nodes than this between the product and the logits. */
const MAX_NODES_AFTER = 8;

/** Walks back from the logits to the product that makes them; what is in the way is refused by name. */
export function matchHead(file: ModelFile, scope: GraphScope, output: string): HeadMatch {
  const biases: Float32Array[] = [];
  let factors: LogitFactors = { scale: 1, softCap: undefined };
  let [name, isReshaped] = [output, false];
  for (let step = 0; step < MAX_NODES_AFTER; step++) {
    const node = scope.ownProducer(name);
    if (!node) throw cannotCut(file.path, `no node makes ${JSON.stringify(name)}`);
    if (node.opType === 'Cast' || node.opType === 'Identity' || node.opType === 'Reshape') {
      isReshaped ||= node.opType === 'Reshape';
      name = node.input[0] ?? '';
    } else if (node.opType === 'Add') {
      name = takeBias(file, scope, node, factors.scale, biases);
    } else {
      const integer = node.opType === 'Mul' ? readIntegerProduct(file, scope, node) : undefined;
      const factor = integer ? undefined : stepOverFactor(file, scope, node, factors);
      if (factor) {
        factors = factor;
        name = factor.input;
        continue;
      }
      const product = integer ?? readProduct(file, scope, node);
      const hidden = isReshaped ? beforeReshape(file, scope, product.hidden) : product.hidden;
      return complete(file, scope, { ...product, ...factors, hidden }, biases);
    }
  }
  throw cannotCut(
    file.path,
    `more than ${MAX_NODES_AFTER} nodes lie between the product and ${JSON.stringify(output)}`,
  );
}

/** Adds the bias, times what its sum is multiplied by later. */
function takeBias(file: ModelFile, scope: GraphScope, node: OnnxNode, scale: number, biases: Float32Array[]): string {
  for (const [at, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const bias = resolveVector(file, scope, node.input[at] ?? '');
    if (!bias) continue;
    biases.push(bias.map((value) => value * scale));
    return node.input[other] ?? '';
  }
  throw cannotCut(file.path, `Add ${JSON.stringify(node.name)} adds a computed value to the logits`);
}

/** A Gemm works on matrices: its input is reshaped to [rows · positions, hidden] and its output back. */
function beforeReshape(file: ModelFile, scope: GraphScope, hidden: string): string {
  const node = scope.ownProducer(hidden);
  if (node?.opType !== 'Reshape') throw cannotCut(file.path, 'the logits are reshaped after the product');
  return node.input[0] ?? '';
}

function complete(
  file: ModelFile,
  scope: GraphScope,
  product: HeadProduct & LogitFactors,
  biases: Float32Array[],
): HeadMatch {
  const { weight, layout } = product;
  const [hiddenSize, vocabularySize] =
    layout === 'hidden-first' ? [weight.rows, weight.columns] : [weight.columns, weight.rows];
  const own = product.bias === undefined ? undefined : resolveVector(file, scope, product.bias);
  if (product.bias !== undefined && !own) throw cannotCut(file.path, `the bias ${product.bias} is not a constant`);
  const all = own ? [...biases, own.map((value) => value * product.scale)] : biases;
  if (all.some((bias) => bias.length !== vocabularySize && bias.length !== 1)) {
    throw cannotCut(file.path, `a bias of the logits does not have ${vocabularySize} values`);
  }
  return { ...product, hiddenSize, vocabularySize, biasValues: sum(all, vocabularySize) };
}

function sum(vectors: readonly Float32Array[], length: number): Float32Array | undefined {
  if (vectors.length === 0) return undefined;
  const out = new Float32Array(length);
  for (const vector of vectors)
    for (let i = 0; i < length; i++) out[i] = out[i]! + vector[vector.length === 1 ? 0 : i]!;
  return out;
}
