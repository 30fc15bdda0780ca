import { realpathSync } from 'node:fs';
import type { RunConfig } from '../../config/run-config.js';
import { memoryThere } from '../../files/memory-limits.js';
import { isEndpointName } from '../../lm/endpoint/endpoint-name.js';
import { findModelFolder, type ModelFolder } from '../../lm/model/model-folder.js';
import { loadTokenizer } from '../../lm/model/tokenizer.js';
import { inspectModel, type ModelInspection } from '../../lm/onnx/families/inspect-model.js';
import { openModelFile } from '../../lm/onnx/graph/file/model-file.js';
import { kvCache, modelInputs } from '../../lm/onnx/graph/model-inputs.js';
import { headCount, widthOf } from '../../lm/onnx/run/model-parts.js';
import { activationBytes, rowLimits, rowsWithoutCache } from '../../lm/onnx/run/row-limits.js';
import { TOKENS_PER_CALL } from '../../lm/onnx/run/token-batches.js';
import { stepBytes } from '../../run/prepare/checks/step-memory.js';
import { loadConfiguredTask } from '../../run/prepare/configured-task.js';
import { largest } from '../../statistics/extremes.js';
import { installedModel } from './installed-model.js';

/** Bytes that a run takes for one thing. */
export interface MemoryItem {
  readonly what: string;
  readonly bytes: number;
}

/** Node, the runtime's library, this program, and what waits to be collected: measured over runs of small models. */
const PROGRAM_BYTES = 250e6;
/** A model of up to this size is handed over as bytes, which the runtime copies. */
const IN_MEMORY_BYTES = 64 * 1024 * 1024;
/** Keys and values exist about this often in a call: put together, as outputs, and spread over heads. */
const CACHE_COPIES = 3;
/** Activations of a token for each element of its hidden state. */
const ACTIVATION_BYTES = 4 * 24;
/** Its label word, and the blank line after it. */
const MARKS_OF_A_DEMONSTRATION = 3;
/** As the loader divides it: half for prefixes, half for a call. */
const DEFAULT_CACHE_BYTES = 2 * 1024 ** 3;

/** What a run with these settings takes at its peak, without loading a model. */
export async function forecastMemory(config: RunConfig): Promise<MemoryItem[]> {
  const generator = await describeModel(config.generator, config.dtype);
  // One behind a service takes no memory of this machine.
  const targetLm = isEndpointName(config.target) ? undefined : await describeModel(config.target, config.dtype);
  const isOne =
    targetLm !== undefined && realpathSync(generator.folder.onnxPath) === realpathSync(targetLm.folder.onnxPath);
  const outputLayer = headBytes(generator.inspection);
  const { hiddenSize = 0, vocabularySize = 0 } = generator.inspection;
  const caches = targetLm ? await cacheBytes(config, targetLm) : { prefixes: 0, call: 0 };
  return [
    { what: 'program', bytes: PROGRAM_BYTES },
    { what: isOne ? 'generator and target LM, once' : 'generator LM', bytes: bodyBytes(generator.inspection) },
    ...(isOne || !targetLm ? [] : [{ what: 'target LM', bytes: bodyBytes(targetLm.inspection) }]),
    { what: 'output layer', bytes: outputLayer },
    { what: 'policy', bytes: stepBytes(config, { hiddenSize, vocabularySize }) },
    { what: 'prefixes of the inputs', bytes: caches.prefixes },
    // The output layer exists a second time while it is read, before the first call.
    { what: 'working space', bytes: Math.max(outputLayer, caches.call) },
  ];
}

interface ModelFacts {
  readonly folder: ModelFolder;
  readonly inspection: ModelInspection;
}

async function describeModel(name: string, dtype: string): Promise<ModelFacts> {
  const path = await installedModel(name);
  return { folder: findModelFolder(path, dtype), inspection: await inspectModel(path, dtype) };
}

/** The weights without the output layer, which is counted by itself. */
function bodyBytes(inspection: ModelInspection): number {
  const { memoryBytes, sizeBytes } = inspection;
  const body = memoryBytes - headBytes(inspection);
  return sizeBytes <= IN_MEMORY_BYTES ? 2 * body : body;
}

function headBytes({ hiddenSize = 0, vocabularySize = 0, headNode }: ModelInspection): number {
  return headNode === undefined ? 0 : 4 * hiddenSize * vocabularySize;
}

/** Keys and values of every input's tokens, as far as they are kept, and those of the rows of one call. */
async function cacheBytes(config: RunConfig, { folder, inspection }: ModelFacts) {
  const { graph } = openModelFile(folder.onnxPath).model;
  const kv = kvCache(graph, modelInputs(graph));
  const lengths = await inputLengths(config, folder);
  const longestInput = Math.max(0, largest(lengths));
  if (!kv) return { prefixes: 0, call: callWithoutCache(config, { folder, inspection }, longestInput) };
  const bytesPerToken = kv.inputs.length * kv.heads * kv.headSize * (kv.type === 'float16' ? 2 : 4);
  const limit = (config.maxMemory ?? Math.min(DEFAULT_CACHE_BYTES, memoryThere() / 4)) / 2;
  const prefixes = lengths.reduce((sum, length) => sum + length, 0) * bytesPerToken;
  const longest = longestInput + config.promptLength + 1;
  const own = config.prefixSharing ? config.promptLength + 1 : longest;
  const row = longest * bytesPerToken * CACHE_COPIES + own * (inspection.hiddenSize ?? 0) * ACTIVATION_BYTES;
  const most = Math.min(config.batchSize ?? TOKENS_PER_CALL / own, config.promptsPerStep * lengths.length);
  const rows = Math.max(1, Math.min(limit / row, most));
  return { prefixes: config.prefixSharing ? Math.min(prefixes, limit) : 0, call: rows * row };
}

/** Activations of the rows of a call of a graph that keeps nothing, such as a masked language model. */
function callWithoutCache(config: RunConfig, { folder, inspection }: ModelFacts, longest: number): number {
  const length = longest + config.promptLength + 1;
  const { hiddenSize = widthOf(folder), dynamicQuantised } = inspection;
  const heads = headCount(folder);
  const limits = rowLimits({ maxMemoryBytes: config.maxMemory, batchSize: config.batchSize }, dynamicQuantised);
  return rowsWithoutCache(limits, length, hiddenSize, heads) * activationBytes(length, 0, hiddenSize, heads);
}

/** Tokens of each different input, after the demonstrations that a number asks for. */
async function inputLengths(config: RunConfig, folder: ModelFolder): Promise<number[]> {
  const tokenizer = await loadTokenizer(folder.path);
  const { train, dev, test } = (await loadConfiguredTask(config)).splits;
  const lengthOf = (text: string) => tokenizer.encode(text, { special: true }).length;
  const texts = new Set([...train, ...dev, ...test].map(({ text }) => text));
  const count = config.demos === 'auto' ? 0 : config.demos;
  const shown = train.reduce((sum, { text }) => sum + lengthOf(text), 0) / Math.max(1, train.length);
  const before = Math.ceil(count * (shown + config.promptLength + MARKS_OF_A_DEMONSTRATION));
  return [...texts].map((text) => before + lengthOf(text));
}
