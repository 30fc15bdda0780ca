import { constantIntegers } from '../graph/constant-integers.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import { GraphScope } from '../graph/graph-scope.js';
import { attributeOf, type OnnxGraph, type OnnxNode, toNumber } from '../graph/proto.js';

const PREFIX = '/rlprompt/unflat/';

/** A Gemm over [rows · positions, width] between two Reshapes that only take the axes together and apart again. */
interface Flattened {
  readonly gemm: OnnxNode;
  /** The value before the first Reshape, [rows, positions, width]. */
  readonly from: string;
  /** The second Reshape. */
  readonly apart: OnnxNode;
}

/**
 * Turns, in place, `Reshape, Gemm, Reshape` into a product over [rows, positions, width] and a sum, where no cache
 * depends on it: so are the products after the last attention of exports like GPT-2's, and only of a product that keeps the
 * positions apart can some be left out.
 */
export function unflattenProducts(graph: OnnxGraph, cacheOutputs: readonly string[]): void {
  const scope = new GraphScope(graph);
  const needed = ancestors(scope, cacheOutputs);
  const found = new Map<OnnxNode, Flattened>();
  for (const apart of graph.node) {
    const flattened = needed.has(apart) ? undefined : flattenedUnder(scope, apart);
    if (flattened) found.set(apart, flattened);
  }
  const builder = new GraphBuilder('unflat', PREFIX);
  graph.node = graph.node.flatMap((node) => {
    const flattened = found.get(node);
    if (!flattened) return [node];
    const [, weight = '', bias = ''] = flattened.gemm.input;
    const isTurned = integer(flattened.gemm, 'transB') === 1;
    const right = isTurned ? builder.node('Transpose', [weight], { attributes: { perm: [1, 0] } }) : weight;
    const name = node.output[0]!;
    if (bias) builder.node('Add', [builder.node('MatMul', [flattened.from, right]), bias], { name });
    else builder.node('MatMul', [flattened.from, right], { name });
    return builder.takeNodes();
  });
}

function flattenedUnder(scope: GraphScope, apart: OnnxNode): Flattened | undefined {
  if (apart.opType !== 'Reshape') return undefined;
  const gemm = scope.ownProducer(apart.input[0] ?? '');
  if (gemm?.opType !== 'Gemm' || !isPlain(gemm)) return undefined;
  const together = scope.ownProducer(gemm.input[0] ?? '');
  const from = together?.input[0] ?? '';
  if (together?.opType !== 'Reshape' || !gemm.input.slice(1).every((name) => !name || scope.constant(name)))
    return undefined;
  return bringsBack(scope, apart.input[1] ?? '', from) ? { gemm, from, apart } : undefined;
}

function isPlain(gemm: OnnxNode): boolean {
  const factor = (name: string) => attributeOf(gemm, name)?.f ?? 1;
  return factor('alpha') === 1 && factor('beta') === 1 && integer(gemm, 'transA') === 0;
}

/** Whether a shape is [rows of `value`, positions of `value`, a constant]. */
function bringsBack(scope: GraphScope, shape: string, value: string): boolean {
  const parts = scope.ownProducer(shape);
  if (parts?.opType !== 'Concat' || parts.input.length !== 3 || !scope.constant(parts.input[2]!)) return false;
  return [0, 1].every((axis) => {
    const widened = scope.ownProducer(parts.input[axis]!);
    const size = widened?.opType === 'Unsqueeze' ? scope.ownProducer(widened.input[0]!) : undefined;
    const measured = size?.opType === 'Gather' ? scope.ownProducer(size.input[0]!) : undefined;
    if (!size || measured?.opType !== 'Shape' || measured.input[0] !== value) return false;
    const index = constantIntegers(scope, size, { attribute: 'indices', input: 1 });
    return index?.length === 1 && index[0] === axis;
  });
}

/** The nodes that some values are made with. */
function ancestors(scope: GraphScope, names: readonly string[]): Set<OnnxNode> {
  const nodes = new Set<OnnxNode>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = scope.ownProducer(name);
    if (!node || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...node.input);
  }
  return nodes;
}

function integer(node: OnnxNode, name: string): number {
  return toNumber(attributeOf(node, name)?.i);
}
