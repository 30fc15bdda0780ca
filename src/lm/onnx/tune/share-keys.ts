import { constantIntegers } from '../graph/constant-integers.js';
import { GraphBuilder } from '../graph/graph-builder.js';
import { GraphScope } from '../graph/graph-scope.js';
import type { KvCache } from '../graph/model-inputs.js';
import { attributeOf, type OnnxGraph, type OnnxNode, toNumber } from '../graph/proto.js';

const PREFIX = '/rlprompt/shared/';
/** [rows, kvHeads, group, positions, headSize]: the axis along which a key is repeated for its group of heads. */
const GROUP_AXIS = 2;

/** How a product's right side comes from a cache: repeated for a group of heads, then turned or scaled. */
interface Repeated {
  readonly cache: string;
  /** The repeated cache itself, [rows, heads, positions, headSize]. */
  readonly repeated: string;
  /** What happens to it on the way to the product, in order. */
  readonly steps: readonly OnnxNode[];
}

/**
 * Makes heads that share keys and values rows of one product, in place, where a graph repeats the keys and values for
 * every head of a group: [rows, heads, new, x] by [rows, heads, x, y] becomes [rows, kvHeads, group · new, x] by
 * [rows, kvHeads, x, y]. Nothing is copied, and the products are larger.
 */
export function shareKeys(graph: OnnxGraph, kv: KvCache | undefined): void {
  if (!kv) return;
  const scope = new GraphScope(graph);
  const builder = new GraphBuilder('shared', PREFIX);
  const axes = {
    any: builder.constant('any', BigInt64Array.of(-1n), [1]),
    groups: builder.constant('groups', BigInt64Array.of(0n, BigInt(kv.heads), -1n), [3]),
    zero: builder.constant('zero', BigInt64Array.of(0n), [1]),
    three: builder.constant('three', BigInt64Array.of(3n), [1]),
    four: builder.constant('four', BigInt64Array.of(4n), [1]),
  };
  const found: Repeated[] = [];
  graph.node = graph.node.flatMap((node) => {
    const right = node.opType === 'MatMul' ? repeatedCache(scope, node.input[1] ?? '', kv) : undefined;
    if (!right) return [node];
    found.push(right);
    const left = node.input[0]!;
    const shape = builder.node('Shape', [left]);
    const slice = (from: string, to: string) => builder.node('Slice', [shape, from, to]);
    const joined = (parts: string[]) => builder.node('Concat', parts, { attributes: { axis: 0 } });
    const grouped = builder.node('Reshape', [left, joined([axes.groups, slice(axes.three, axes.four)])]);
    const product = builder.node('MatMul', [grouped, replay(builder, right)]);
    builder.node('Reshape', [product, joined([slice(axes.zero, axes.three), axes.any])], { name: node.output[0]! });
    return builder.takeNodes();
  });
  if (found.length === 0) return;
  graph.initializer.push(...builder.parts.constants);
  readShapesOfCaches(graph, scope, new Map(found.map(({ repeated, cache }) => [repeated, cache])));
}

function repeatedCache(scope: GraphScope, name: string, kv: KvCache): Repeated | undefined {
  const steps: OnnxNode[] = [];
  for (let at = name; ; ) {
    const node = scope.ownProducer(at);
    if (!node) return undefined;
    if (node.opType === 'Reshape') {
      const cache = cacheRepeated(scope, node.input[0] ?? '', kv);
      return cache === undefined ? undefined : { cache, repeated: at, steps };
    }
    if (!keepsHeads(scope, node)) return undefined;
    steps.unshift(node);
    at = node.input[0]!;
  }
}

/** The cache under Tile or Expand over Unsqueeze along the group's axis. */
function cacheRepeated(scope: GraphScope, name: string, kv: KvCache): string | undefined {
  const repeat = scope.ownProducer(name);
  if (repeat?.opType !== 'Tile' && repeat?.opType !== 'Expand') return undefined;
  const widened = scope.ownProducer(repeat.input[0] ?? '');
  if (widened?.opType !== 'Unsqueeze') return undefined;
  const axes = constantIntegers(scope, widened, { attribute: 'axes', input: 1 });
  const cache = widened.input[0] ?? '';
  return axes?.length === 1 && axes[0] === GROUP_AXIS && kv.outputs.includes(cache) ? cache : undefined;
}

/** A Transpose of the last two axes, or a product with one number. */
function keepsHeads(scope: GraphScope, node: OnnxNode): boolean {
  if (node.opType === 'Transpose') {
    return (attributeOf(node, 'perm')?.ints ?? []).map(toNumber).join(' ') === '0 1 3 2';
  }
  const factor = node.opType === 'Mul' ? scope.constant(node.input[1] ?? '') : undefined;
  return factor?.dims.every((dim) => toNumber(dim) === 1) ?? false;
}

function replay(builder: GraphBuilder, { cache, steps }: Repeated): string {
  return steps.reduce((value, { opType, input }) => {
    const options = opType === 'Transpose' ? { attributes: { perm: [0, 1, 3, 2] } } : {};
    return builder.node(opType, [value, ...input.slice(1)], options);
  }, cache);
}

/** Who only asks how many rows or positions a repeated cache has asks the cache, so that none is repeated for that. */
function readShapesOfCaches(graph: OnnxGraph, scope: GraphScope, caches: ReadonlyMap<string, string>): void {
  for (const node of graph.node) {
    const cache = node.opType === 'Shape' ? caches.get(node.input[0] ?? '') : undefined;
    if (cache === undefined) continue;
    const readers = graph.node.filter(({ input }) => input.includes(node.output[0]!));
    const isSame = readers.every((reader) => {
      if (reader.opType !== 'Gather') return false;
      const values = constantIntegers(scope, reader, { attribute: 'indices', input: 1 });
      return values?.every((value) => value !== 1 && value !== -3);
    });
    if (isSame) node.input = [cache];
  }
}
