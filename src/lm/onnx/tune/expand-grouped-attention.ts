import { GraphBuilder } from '../graph/graph-builder.js';
import type { KvCache } from '../graph/model-inputs.js';
import type { OnnxGraph, OnnxNode } from '../graph/proto.js';
import { type PlainGrouped, plainGrouped, type Rotary } from './grouped-attention.js';

const PREFIX = '/rlprompt/attention/';
/** Added to the score of a position that must not be seen: far below any score, far above minus infinity. */
const UNSEEN = -1e30;

/** What all layers share. */
interface Shared {
  /** 0 where a position is seen, else UNSEEN: float32 [rows, 1, new positions, all positions]. */
  readonly bias: string;
  /** int64 [rows, new positions]. */
  readonly positions: string;
}

/**
 * Replaces, in place, GroupQueryAttention by the products it stands for. The runtime's CPU kernel refuses several new
 * tokens on top of a cache for more than one row, and knows no padding on the left; the products bear both. What the
 * products would not reproduce (a window, a soft cap, sinks …) stays as it is. Single precision throughout, also where
 * the caches are half.
 * @returns whether there was any
 */
export function expandGroupedAttention(graph: OnnxGraph, kv: KvCache | undefined): boolean {
  if (!kv || !graph.input.some(({ name }) => name === 'attention_mask')) return false;
  const found = new Map<OnnxNode, PlainGrouped>();
  for (const node of graph.node) {
    const attention = plainGrouped(graph, node, kv.headSize);
    if (attention) found.set(node, attention);
  }
  const [first] = found.values();
  // One that stays would read the mask as the count of tokens that it is only without padding.
  if (!first || graph.node.some((node) => node.opType === 'GroupQueryAttention' && !found.has(node))) return false;
  const builder = new GraphBuilder('attention', PREFIX);
  const shared = sharedParts(builder, first);
  graph.node = graph.node.flatMap((node) => {
    const attention = found.get(node);
    if (!attention) return [node];
    attend(builder, attention, shared, kv.type === 'float16');
    return builder.takeNodes();
  });
  graph.initializer.push(...builder.parts.constants);
  return true;
}

/** The mask and the positions of new tokens, out of the attention mask and the count of tokens it holds. */
function sharedParts(builder: GraphBuilder, { seqlens }: PlainGrouped): Shared {
  const integer = (name: string, ...values: number[]) =>
    builder.constant(name, BigInt64Array.from(values, BigInt), [values.length]);
  const scalar = (name: string, value: number) => builder.constant(name, BigInt64Array.of(BigInt(value)), []);
  const [zero, one, at] = [scalar('zero', 0), scalar('one', 1), scalar('axis', 1)];
  const lengthOf = (input: string) => builder.node('Gather', [builder.node('Shape', [input]), at]);
  const [fresh, total] = [lengthOf('input_ids'), lengthOf('attention_mask')];
  const column = integer('column', -1, 1);
  const keys = builder.node('Range', [zero, total, one]);
  const queries = builder.node('Reshape', [
    builder.node('Range', [builder.node('Sub', [total, fresh]), total, one]),
    column,
  ]);
  const causal = builder.node('LessOrEqual', [keys, queries]);
  const given = builder.node('Cast', ['attention_mask'], { attributes: { to: 9 } });
  const seen = builder.node('And', [causal, builder.node('Reshape', [given, integer('mask_shape', 0, 1, 1, -1)])]);
  const bias = builder.node('Where', [
    seen,
    builder.constant('seen', Float32Array.of(0), []),
    builder.constant('unseen', Float32Array.of(UNSEEN), []),
  ]);
  const last = builder.node('Reshape', [builder.node('Cast', [seqlens], { attributes: { to: 7 } }), column]);
  const start = builder.node('Sub', [builder.node('Add', [last, one]), fresh]);
  return { bias, positions: builder.node('Add', [start, builder.node('Range', [zero, fresh, one])]) };
}

/**
 * Attention of one layer. The heads that share a key are rows of one product, so keys and values are not repeated:
 * [rows, kvHeads, group · new, headSize] by [rows, kvHeads, headSize, all].
 */
function attend(builder: GraphBuilder, attention: PlainGrouped, shared: Shared, isHalf: boolean): void {
  const { heads, kvHeads, headSize, name } = attention;
  const shape = (label: string, ...dims: number[]) =>
    builder.constant(`${name}/${label}`, BigInt64Array.from(dims, BigInt), [dims.length]);
  const cast = (value: string, to: number) => (isHalf ? builder.node('Cast', [value], { attributes: { to } }) : value);
  const split = (value: string, count: number, label: string) =>
    builder.node('Transpose', [builder.node('Reshape', [value, shape(label, 0, -1, count, headSize)])], {
      attributes: { perm: [0, 2, 1, 3] },
    });
  const rotate = (value: string, count: number) => {
    const { rotary } = attention;
    if (!rotary) return value;
    return rotated(builder, value, rotary, { positions: rotary.positions ?? shared.positions, heads: count, headSize });
  };
  const [query, key, value] = projections(builder, attention, shape);
  const q = rotate(split(query, heads, 'q_shape'), heads);
  const k = rotate(split(key, kvHeads, 'k_shape'), kvHeads);
  const join = (past: string, next: string, output: string) =>
    builder.node('Concat', [past, next], { attributes: { axis: 2 }, name: output });
  const keys = join(attention.pastKey, k, attention.presentKey);
  const values = join(attention.pastValue, split(value, kvHeads, 'v_shape'), attention.presentValue);
  const grouped = builder.node('Reshape', [cast(q, 1), shape('grouped', 0, kvHeads, -1, headSize)]);
  const scale = builder.constant(`${name}/scale`, Float32Array.of(attention.scale), []);
  const turned = builder.node('Transpose', [cast(keys, 1)], { attributes: { perm: [0, 1, 3, 2] } });
  const products = builder.node('MatMul', [builder.node('Mul', [grouped, scale]), turned]);
  const total = builder.node('Shape', [shared.bias]);
  const wanted = builder.node(
    'Concat',
    [shape('any_row', 0, heads), builder.node('Slice', [total, shape('from', 2), shape('to', 4)])],
    { attributes: { axis: 0 } },
  );
  const scores = builder.node('Add', [builder.node('Reshape', [products, wanted]), shared.bias]);
  const shares = builder.node('Softmax', [scores], { attributes: { axis: -1 } });
  const back = builder.node(
    'Concat',
    [shape('any_key', 0, kvHeads, -1), builder.node('Slice', [total, shape('last', 3), shape('end', 4)])],
    { attributes: { axis: 0 } },
  );
  const mixed = builder.node('MatMul', [builder.node('Reshape', [shares, back]), cast(values, 1)]);
  const byHead = builder.node('Reshape', [mixed, shape('by_head', 0, heads, -1, headSize)]);
  const rows = builder.node('Transpose', [byHead], { attributes: { perm: [0, 2, 1, 3] } });
  const merged = [rows, shape('merged', 0, -1, heads * headSize)];
  if (isHalf)
    builder.node('Cast', [builder.node('Reshape', merged)], { attributes: { to: 10 }, name: attention.output });
  else builder.node('Reshape', merged, { name: attention.output });
}

/** Query, key and value, out of one tensor where they are packed. */
function projections(
  builder: GraphBuilder,
  { query, key, value, heads, kvHeads, headSize }: PlainGrouped,
  shape: (label: string, ...dims: number[]) => string,
): [query: string, key: string, value: string] {
  if (key && value) return [query, key, value];
  const widths = shape('widths', heads * headSize, kvHeads * headSize, kvHeads * headSize);
  const parts = builder.nodes('Split', [query, widths], { attributes: { axis: -1 }, outputs: 3 });
  return [parts[0]!, parts[1]!, parts[2]!];
}

/** Turns heads by their positions: [rows, heads, new, headSize]. */
function rotated(
  builder: GraphBuilder,
  value: string,
  { cos, sin, interleaved, width }: Rotary,
  options: {
    positions: string;
    heads: number;
    headSize: number;
  },
): string {
  const { positions, heads, headSize } = options;
  const partly = width < headSize ? { rotary_embedding_dim: width, num_heads: heads } : {};
  return builder.node('RotaryEmbedding', [value, positions, cos, sin], {
    domain: 'com.microsoft',
    attributes: { interleaved, ...partly },
  });
}
