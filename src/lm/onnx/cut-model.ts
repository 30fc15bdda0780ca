import type { HeadWeights } from '../types.js';

export interface ModelInput {
  readonly name: string;
  readonly type: string;
  /** A string is a free dimension. */
  readonly dims: readonly (number | string)[];
}

/** The KV cache of a causal LM: `outputs[i]` of one call is `inputs[i]` of the next. Each [rows, heads, positions, headSize]. */
export interface KvCache {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly type: 'float32' | 'float16';
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
}

/** What was found in a model file and cut off it. */
export interface HeadDescription {
  /** The node that made the logits, and its operator. */
  readonly node: string;
  readonly op: string;
  /** Name of the initializer that holds the head's weights. */
  readonly weight: string;
  /** The embedding reads the same initializer. */
  readonly tied: boolean;
  readonly hasBias: boolean;
}

/** A language model without its output layer: a graph that ends in hidden states, and the output layer as data. */
export interface CutModel {
  /** What to give to InferenceSession.create. */
  readonly source: { readonly path: string } | { readonly bytes: Uint8Array };
  /** Name of the graph's output with the hidden states, [rows, positions, hiddenSize]. */
  readonly hiddenOutput: string;
  readonly hiddenType: 'float32' | 'float16';
  readonly hiddenSize: number;
  /** Width of the head. */
  readonly vocabularySize: number;
  /** Every input the graph still has, caches included, in the graph's order. */
  readonly inputs: readonly ModelInput[];
  readonly kv?: KvCache;
  readonly usesPositionIds: boolean;
  /** A merged decoder: bool [1], true when past tensors hold positions. */
  readonly usesCacheBranch: boolean;
  /** int64 scalar: how many last positions get a hidden state, 0 for all. */
  readonly usesNumLogitsToKeep: boolean;
  readonly usesTokenTypeIds: boolean;
  /** Rows depend on their batch-mates: the body quantises activations at run time (dynamic int8). */
  readonly dynamicQuantised: boolean;
  readonly description: HeadDescription;
  /** The whole output layer, [hidden, vocabulary], in float32; read from the file anew at each call. */
  head(): Promise<HeadWeights>;
  /** The output layer of some tokens only: weights [hidden, ids.length], bias [ids.length]. */
  headColumns(tokenIds: readonly number[]): Promise<HeadWeights>;
}

export interface CutOptions {
  /** Folder for cut graphs of models too large to hold in memory; default `<user cache>/rlprompt/cuts`. */
  readonly cutFolder?: string;
}
