import { join, resolve } from 'node:path';
import { cacheRoot } from '../../../files/program-folders.js';
import { giveWay } from '../../../give-way.js';
import type { HeadWeights } from '../../model/types.js';
import { filesOf, openModelFile } from '../graph/file/model-file.js';
import type { ModelFile } from '../graph/file/model-file-types.js';
import { allNodes } from '../graph/graph-walk.js';
import { checkInputs, type KvCache, kvCache, type ModelInput, modelInputs } from '../graph/model-inputs.js';
import { ONNX_TYPE, type OnnxGraph } from '../graph/proto.js';
import { type Tuned, tuneBody } from '../tune/tune-body.js';
import { readColumns, readHead } from './head-columns.js';
import { type SplitGraph, splitGraph } from './split-graph.js';
import { type CutSource, storeCut } from './split-storage.js';

export type { KvCache, ModelInput } from '../graph/model-inputs.js';

/** What was found in a model file and cut off it. */
export interface HeadDescription {
  /** The node that made the logits, and its operator. */
  readonly node: string;
  readonly op: string;
  /** Name of the initializer that holds the head's weights. */
  readonly weight: string;
  /** The value that is now the output, as the file names it. */
  readonly hidden: string;
  /** The body (its embedding) reads the same initializer. */
  readonly tied: boolean;
  readonly hasBias: boolean;
}

/** A language model without its output layer: a graph that ends in hidden states, and the output layer as data. */
export interface SplitModel {
  /** What to give to InferenceSession.create. */
  readonly source: CutSource;
  /** Name of the graph's output with the hidden states, float32 [rows, positions, hiddenSize]. */
  readonly hiddenOutput: string;
  /** Precision the body computes in; the output itself is float32. */
  readonly hiddenType: 'float32' | 'float16';
  readonly hiddenSize: number;
  /** Width of the head. */
  readonly vocabularySize: number;
  /** Every input the graph has, caches included, in the graph's order. */
  readonly inputs: readonly ModelInput[];
  readonly kv?: KvCache;
  /** Positions do not count padding: they are an input, or counted by the mask. */
  readonly skipsPadding: boolean;
  /** A merged decoder: bool [1], true when past tensors hold positions. */
  readonly usesCacheBranch: boolean;
  /** int64 scalar: how many last positions get a hidden state, 0 for all. */
  readonly usesNumLogitsToKeep: boolean;
  readonly usesTokenTypeIds: boolean;
  /** An int64 [1] input of a tuned body, not among `inputs`: the first position that hidden states are wanted of. */
  readonly firstKeptInput?: string;
  /** An int64 [rows] input of a tuned body, not among `inputs`: which row of the past each row of tokens continues. */
  readonly pastRowsInput?: string;
  /** An int32 [rows, kvHeads, all positions] input of a tuned body, not among `inputs`: see `joinedPositions`. */
  readonly joinedPositionsInput?: string;
  /** Rows depend on their batch-mates: the body quantises activations at run time (dynamic int8). */
  readonly dynamicQuantised: boolean;
  readonly description: HeadDescription;
  /** Every file the model consists of, for digests. */
  readonly files: readonly string[];
  /** The whole output layer, weights [hidden, vocabulary], in float32; read from the file again at each call. */
  head(): Promise<HeadWeights>;
  /** The output layer of some tokens only: weights [hidden, ids.length], bias [ids.length]. */
  headColumns(tokenIds: readonly number[]): Promise<HeadWeights>;
}

export interface SplitOptions {
  /** Folder for split graphs of models too large to hold in memory; default: `cuts` in the user's cache. */
  readonly cutFolder?: string;
  /** Up to this size a split model is held in memory; default 64 MB. */
  readonly inMemoryBytes?: number;
  /** Rewrites the body to be faster where it can be: the same mathematics, not the same last bits. */
  readonly tuned?: boolean;
}

/**
 * Takes the output layer off an ONNX language model, so that logits are never computed. The file stays as it is; what
 * cannot be cut is refused as E_MODEL_HEAD, saying what was found.
 */
export async function splitHead(modelPath: string, options: SplitOptions = {}): Promise<SplitModel> {
  const file = openModelFile(resolve(modelPath));
  await giveWay();
  const { graph } = file.model;
  const files = filesOf(file);
  const { inputs, kv, model, head, hiddenOutput } = openLanguageModel(file);
  const isDynamic = isDynamicQuantised(graph);
  await giveWay();
  const tuned: Tuned = options.tuned ? tuneBody(graph, head.hidden, kv) : {};
  await giveWay();
  const source = await storeCut(file, model, options.cutFolder ?? join(cacheRoot(), 'cuts'), options.inMemoryBytes);
  const has = (name: string) => inputs.some((input) => input.name === name);
  return {
    source,
    hiddenOutput,
    hiddenType: head.hiddenDataType === ONNX_TYPE.float16 ? 'float16' : 'float32',
    hiddenSize: head.hiddenSize,
    vocabularySize: head.vocabularySize,
    inputs,
    ...(kv && { kv }),
    ...(tuned.firstKeptInput && { firstKeptInput: tuned.firstKeptInput }),
    ...(tuned.pastRowsInput && { pastRowsInput: tuned.pastRowsInput }),
    ...(tuned.joinedPositionsInput && { joinedPositionsInput: tuned.joinedPositionsInput }),
    skipsPadding: has('position_ids') || tuned.skipsPadding === true,
    usesCacheBranch: has('use_cache_branch'),
    usesNumLogitsToKeep: has('num_logits_to_keep'),
    usesTokenTypeIds: has('token_type_ids'),
    dynamicQuantised: isDynamic,
    description: {
      node: head.node.name ?? '',
      op: head.node.opType,
      weight: head.initializer,
      hidden: head.hidden,
      tied: graph.initializer.some((tensor) => tensor.name === head.initializer),
      hasBias: head.biasValues !== undefined,
    },
    files,
    head: () => readHead(head),
    headColumns: (tokenIds) => readColumns(head, tokenIds),
  };
}

/**
 * Checks a language model's inputs and takes its output layer off: what loading and inspection both go by. The file's
 * graph is changed in place.
 */
export function openLanguageModel(file: ModelFile): SplitGraph & { inputs: ModelInput[]; kv: KvCache | undefined } {
  const { graph } = file.model;
  const inputs = modelInputs(graph);
  checkInputs(inputs, file.path);
  const kv = kvCache(graph, inputs);
  return { inputs, kv, ...splitGraph(file, kv?.outputs ?? []) };
}

/** Dynamic int8 scales a whole batch's activations together, so a row's result depends on its batch-mates. */
export function isDynamicQuantised(graph: OnnxGraph): boolean {
  for (const node of allNodes(graph)) if (/^(DynamicQuantize|MatMulInteger|ConvInteger)/.test(node.opType)) return true;
  return false;
}
