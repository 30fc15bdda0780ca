import { attributeOf, type OnnxGraph, type OnnxNode, toNumber } from '../graph/proto.js';

/** Rotary embedding as a node asks for it. */
export interface Rotary {
  readonly cos: string;
  readonly sin: string;
  readonly interleaved: number;
  /** Columns that are turned; less than a head's size in some models. */
  readonly width: number;
  /** Positions that the node was given, where it was. */
  readonly positions: string | undefined;
}

/** A GroupQueryAttention node that is nothing but scaled, causal attention over a cache. */
export interface PlainGrouped {
  readonly name: string;
  /** Query, key and value; one packed tensor in the place of the query where the others are undefined. */
  readonly query: string;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly pastKey: string;
  readonly pastValue: string;
  /** int32 [rows]: tokens of each row, the new ones included, less one. */
  readonly seqlens: string;
  readonly rotary: Rotary | undefined;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly scale: number;
  readonly output: string;
  readonly presentKey: string;
  readonly presentValue: string;
}

/** Attributes that change what is computed, and the values with which they do not. */
const NEUTRAL: Readonly<Record<string, (value: number) => boolean>> = {
  softcap: (value) => value === 0,
  local_window_size: (value) => value <= 0,
  smooth_softmax: (value) => value <= 0,
  qk_output: (value) => value === 0,
};
const KNOWN = new Set(['num_heads', 'kv_num_heads', 'scale', 'do_rotary', 'rotary_interleaved']);
const POSITION_INPUT = 9;

/** Reads a node as plain grouped attention; undefined where it is, or may be, something else. */
export function plainGrouped(graph: OnnxGraph, node: OnnxNode, headSize: number): PlainGrouped | undefined {
  if (node.opType !== 'GroupQueryAttention' || node.domain !== 'com.microsoft') return undefined;
  const isKnown = node.attribute.every(({ name, i, f }) => {
    return KNOWN.has(name) || NEUTRAL[name]?.(f || toNumber(i));
  });
  const [query, key, value, pastKey, pastValue, seqlens] = node.input;
  const [output, presentKey, presentValue, ...others] = node.output;
  if (!isKnown || node.input.slice(POSITION_INPUT + 1).some(Boolean) || others.some(Boolean)) return undefined;
  if (!query || !pastKey || !pastValue || !seqlens || !output || !presentKey || !presentValue) return undefined;
  if (Boolean(key) !== Boolean(value)) return undefined;
  const rotary = integerOf(node, 'do_rotary') === 1 ? rotaryOf(graph, node) : undefined;
  if (integerOf(node, 'do_rotary') === 1 && !rotary) return undefined;
  return {
    name: output,
    ...{ query, key: key || undefined, value: value || undefined, pastKey, pastValue, seqlens },
    rotary,
    heads: integerOf(node, 'num_heads'),
    kvHeads: integerOf(node, 'kv_num_heads'),
    headSize,
    scale: attributeOf(node, 'scale')?.f || 1 / Math.sqrt(headSize),
    ...{ output, presentKey, presentValue },
  };
}

/** Undefined where the tables are no constants, so that their width is not known. */
function rotaryOf(graph: OnnxGraph, node: OnnxNode): Rotary | undefined {
  const [cos = '', sin = '', positions = ''] = node.input.slice(POSITION_INPUT - 2);
  const table = graph.initializer.find(({ name }) => name === cos);
  if (!table || !sin) return undefined;
  return {
    ...{ cos, sin, interleaved: integerOf(node, 'rotary_interleaved') },
    width: 2 * toNumber(table.dims[1]),
    positions: positions || undefined,
  };
}

function integerOf(node: OnnxNode, name: string): number {
  return toNumber(attributeOf(node, name)?.i);
}
