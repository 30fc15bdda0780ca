import { GraphBuilder, valueInfo } from '../graph/graph-builder.js';
import { allNodes } from '../graph/graph-walk.js';
import type { KvCache } from '../graph/model-inputs.js';
import type { OnnxGraph } from '../graph/proto.js';

const INPUT = 'past_rows';
const PREFIX = '/rlprompt/past/';

/**
 * Lets rows share their past: the graph takes each past once, and for each row of tokens which of them it continues. The runtime
 * copies rows with all its threads, straight to where it reads them.
 * @returns the input's name, int64 [rows of tokens]; undefined for a graph without caches
 */
export function gatherPast(graph: OnnxGraph, kv: KvCache | undefined): string | undefined {
  if (!kv) return undefined;
  const builder = new GraphBuilder('past', PREFIX);
  const gathered = new Map(
    kv.inputs.map((name) => [name, builder.node('Gather', [name, INPUT], { attributes: { axis: 0 } })]),
  );
  for (const node of allNodes(graph)) node.input = node.input.map((name) => gathered.get(name) ?? name);
  graph.node.unshift(...builder.parts.nodes);
  // The runtime may put values whose sizes have one name in one place, and there are now fewer rows of past than of tokens.
  const past = ['pasts', kv.heads, 'past', kv.headSize];
  graph.input = graph.input.map((input) => (gathered.has(input.name) ? valueInfo(input.name, kv.type, past) : input));
  graph.input.push(valueInfo(INPUT, 'int64', ['rows']));
  return INPUT;
}
