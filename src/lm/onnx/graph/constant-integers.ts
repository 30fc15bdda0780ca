import type { GraphScope } from './graph-scope.js';
import { attributeOf, type OnnxNode, toNumber } from './proto.js';

/** Integers that a node takes as an attribute (older operators) or as a constant input; undefined where they are neither. */
export function constantIntegers(
  scope: GraphScope,
  node: OnnxNode,
  { attribute, input }: { attribute: string; input: number },
): number[] | undefined {
  const given = attributeOf(node, attribute);
  if (given) return (given.ints ?? []).map(toNumber);
  const tensor = scope.constant(node.input[input] ?? '');
  if (!tensor) return undefined;
  if (!tensor.rawData?.length) return (tensor.int64Data ?? []).map(toNumber);
  const { buffer, byteOffset, byteLength } = tensor.rawData;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
}
