import { GraphBuilder, valueInfo } from '../graph/graph-builder.js';
import { GraphScope } from '../graph/graph-scope.js';
import type { KvCache } from '../graph/model-inputs.js';
import { attributeOf, type OnnxGraph, type OnnxNode, toNumber } from '../graph/proto.js';

const INPUT = 'joined_positions';
const PREFIX = '/rlprompt/joined/';

/**
 * Copies each row's past and its new keys or values to where they are read in one go, in place, where `gatherPast` copies the past first
 * and a Concat then copies both: the positions of all pasts and of all new tokens are one table, and each row takes its own from it.
 * The copies are the same bits.
 * @param pastRows the input of `gatherPast`
 * @returns the input's name, int32 [rows, kvHeads, all positions], to be filled by `joinedPositions`; undefined where no cache is joined so
 */
export function joinPast(graph: OnnxGraph, kv: KvCache | undefined, pastRows: string | undefined): string | undefined {
  if (!kv || !pastRows) return undefined;
  const scope = new GraphScope(graph);
  const builder = new GraphBuilder('joined', PREFIX);
  const flat = builder.constant('flat', BigInt64Array.of(-1n, BigInt(kv.headSize)), [2]);
  graph.node = graph.node.flatMap((node) => {
    const past = gatheredPast(scope, node, kv, pastRows);
    if (past === undefined) return [node];
    const parts = [past, node.input[1]!].map((value) => builder.node('Reshape', [value, flat]));
    const table = builder.node('Concat', parts, { attributes: { axis: 0 } });
    builder.node('Gather', [table, INPUT], { attributes: { axis: 0 }, name: node.output[0]! });
    return builder.takeNodes();
  });
  if (builder.parts.nodes.length === 0) return undefined;
  graph.initializer.push(...builder.parts.constants);
  graph.input.push(valueInfo(INPUT, 'int32', ['joined_rows', kv.heads, 'joined_length']));
  return INPUT;
}

/** The past that a Concat puts before new positions to make a cache. */
function gatheredPast(scope: GraphScope, node: OnnxNode, kv: KvCache, pastRows: string): string | undefined {
  if (node.opType !== 'Concat' || node.input.length !== 2 || !kv.outputs.includes(node.output[0]!)) return undefined;
  const axis = toNumber(attributeOf(node, 'axis')?.i);
  const gathered = scope.ownProducer(node.input[0]!);
  const isPast = gathered?.opType === 'Gather' && gathered.input[1] === pastRows;
  return isPast && (axis === 2 || axis === -2) ? gathered.input[0] : undefined;
}
