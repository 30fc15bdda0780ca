import type { KvCache } from '../graph/model-inputs.js';
import type { OnnxGraph } from '../graph/proto.js';
import { pruneGraph } from '../graph/prune-graph.js';
import { expandGroupedAttention } from './expand-grouped-attention.js';
import { gatherPast } from './gather-past.js';
import { joinPast } from './join-past.js';
import { keepFrom } from './keep-from.js';
import { shareKeys } from './share-keys.js';
import { unflattenProducts } from './unflatten-products.js';

export interface Tuned {
  /** See SplitModel. */
  readonly firstKeptInput?: string;
  readonly pastRowsInput?: string;
  readonly joinedPositionsInput?: string;
  /** Positions are counted by the attention mask. */
  readonly skipsPadding?: boolean;
}

/**
 * Rewrites a causal body in place, so that it takes whole blocks of new tokens on top of a cache, repeats no keys,
 * computes its last layer only at the positions that are asked for, and lets rows share their past.
 */
export function tuneBody(graph: OnnxGraph, hidden: string, kv: KvCache | undefined): Tuned {
  const skipsPadding = expandGroupedAttention(graph, kv);
  shareKeys(graph, kv);
  if (kv) unflattenProducts(graph, kv.outputs);
  pruneGraph(graph);
  const firstKeptInput = keepFrom(graph, hidden);
  pruneGraph(graph);
  const pastRowsInput = gatherPast(graph, kv);
  const joinedPositionsInput = joinPast(graph, kv, pastRowsInput);
  pruneGraph(graph);
  return {
    skipsPadding,
    ...(firstKeptInput && { firstKeptInput }),
    ...(pastRowsInput && { pastRowsInput }),
    ...(joinedPositionsInput && { joinedPositionsInput }),
  };
}
