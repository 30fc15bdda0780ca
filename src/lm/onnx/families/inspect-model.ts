import { statSync } from 'node:fs';
import { RlpromptError } from '../../../errors.js';
import { findModelFolder, type ModelFolder } from '../../model/model-folder.js';
import { fitTokenizer, loadTokenizer } from '../../model/tokenizer.js';
import type { ModelFamily } from '../../model/types.js';
import { type EncoderDecoderFiles, encoderDecoderFiles } from '../../transformers/encoder-decoder-files.js';
import { openEncoderDecoder } from '../../transformers/load-encoder-decoder.js';
import { filesOf, openModelFile } from '../graph/file/model-file.js';
import type { ModelFile } from '../graph/file/model-file-types.js';
import { tensorBytes } from '../graph/file/tensor-bytes.js';
import { allTensors } from '../graph/graph-walk.js';
import { checkInputs, kvCache, modelInputs } from '../graph/model-inputs.js';
import { type OnnxGraph, toNumber } from '../graph/proto.js';
import { dimsOfValue } from '../graph/value-info.js';
import type { HeadMatch } from '../head/head-match.js';
import { isDynamicQuantised, openLanguageModel } from '../head/split-head.js';
import { requireManyTokens } from './causal/probe-causal.js';
import { requireMask } from './shared/require-mask.js';

export type ModelUse = 'generator' | 'target' | 'classifier' | 'embedder';

/** What a model folder holds and what it can be used for. */
export interface ModelInspection {
  /** As config.json names it, for instance `LlamaForCausalLM`. */
  readonly architecture: string;
  readonly family: Exclude<ModelFamily, 'endpoint'>;
  /** What runs it; transformers.js is slower. */
  readonly engine: 'onnxruntime' | 'transformers.js';
  readonly dtype: string;
  readonly file: string;
  /** The ONNX file and its external data together. */
  readonly sizeBytes: number;
  readonly opset: number;
  /** The node that makes the logits; undefined for models that are used as they are. */
  readonly headNode: string | undefined;
  readonly headOp: string | undefined;
  /** The head's weight is the embedding. */
  readonly tied: boolean;
  readonly vocabularySize: number | undefined;
  readonly hiddenSize: number | undefined;
  readonly layers: number | undefined;
  readonly kvCache: 'float32' | 'float16' | undefined;
  readonly inputs: readonly string[];
  /** Rows depend on their batch-mates; they must be computed one by one to be repeatable. */
  readonly dynamicQuantised: boolean;
  readonly usableAs: readonly ModelUse[];
  /** Why the model can be used for nothing. */
  readonly refusal: string | undefined;
  /** Weights in memory: the body as it is stored, and the head in float32. */
  readonly memoryBytes: number;
}

export interface InspectOptions {
  /** Has an encoder-decoder compute a word: what is wrong with its graphs does not show before. */
  readonly tries?: boolean;
}

/** Reads a model folder without loading the model into the runtime, unless it is to be tried. */
export async function inspectModel(
  folder: string,
  dtype?: string,
  { tries = false }: InspectOptions = {},
): Promise<ModelInspection> {
  const found = findModelFolder(folder, dtype);
  const file = openModelFile(found.onnxPath);
  const { graph } = file.model;
  const inputs = modelInputs(graph);
  const kv = kvCache(graph, inputs);
  const family = familyOf(graph, found.config);
  const { head, halves, refusal } = await tryOpen(file, family, found, tries);
  const files = halves ? [openModelFile(halves.encoder), file] : [file];
  const sizeBytes = files.flatMap(filesOf).reduce((sum, path) => sum + statSync(path).size, 0);
  const headBytes = head ? 4 * head.hiddenSize * head.vocabularySize : 0;
  return {
    architecture: architectureOf(found.config),
    family,
    engine: family === 'encoder-decoder' ? 'transformers.js' : 'onnxruntime',
    dtype: found.dtype,
    file: found.onnxPath,
    sizeBytes,
    opset: opsetOf(file),
    headNode: head?.node.name,
    headOp: head?.node.opType,
    tied: head !== undefined && graph.initializer.some((tensor) => tensor.name === head.initializer),
    vocabularySize: head?.vocabularySize ?? numberIn(found.config, 'vocab_size'),
    hiddenSize: head?.hiddenSize ?? numberIn(found.config, 'hidden_size', 'n_embd', 'dim', 'd_model'),
    layers: kv?.layers ?? numberIn(found.config, 'num_hidden_layers', 'n_layer', 'n_layers'),
    kvCache: kv?.type,
    inputs: inputs.map(({ name }) => name),
    dynamicQuantised: files.some(({ model }) => isDynamicQuantised(model.graph)),
    usableAs: refusal ? [] : USES[family],
    refusal,
    memoryBytes: files.reduce((sum, one) => sum + weightBytes(one), headBytes),
  };
}

const USES = {
  causal: ['generator', 'target'],
  masked: ['target'],
  'encoder-decoder': ['target'],
  classifier: ['classifier'],
  encoder: ['embedder'],
} as const satisfies Record<string, readonly ModelUse[]>;

const MASKED_TYPES =
  /^(bert|roberta|distilbert|albert|electra|mpnet|deberta.*|xlm-roberta|camembert|modernbert|convbert|esm|mobilebert|nomic_bert|roformer|squeezebert|longformer|ibert)$/;

/** What only the decoder of an encoder-decoder wants, or both in one file. */
const ENCODER_DECODER_INPUT =
  /^(encoder_(hidden_states|attention_mask|outputs)|decoder_input_ids)|\.(encoder|decoder)\.(key|value)$/;

/** What kind of model a graph is: its outputs say more than any name, the configuration decides the rest. */
export function familyOf(graph: OnnxGraph, config: Readonly<Record<string, unknown>>): keyof typeof USES {
  if (graph.input.some(({ name }) => ENCODER_DECODER_INPUT.test(name))) return 'encoder-decoder';
  const logits = graph.output.find(({ name }) => name === 'logits');
  if (!logits) return 'encoder';
  if (dimsOfValue(logits)?.length === 2) return 'classifier';
  const architecture = architectureOf(config);
  if (/MaskedLM/.test(architecture)) return 'masked';
  if (/CausalLM|LMHead/.test(architecture)) return 'causal';
  const hasCache = graph.output.some(({ name }) => name.startsWith('present'));
  return !hasCache && MASKED_TYPES.test(String(config.model_type)) ? 'masked' : 'causal';
}

/** Goes through what loading checks. */
async function tryOpen(
  file: ModelFile,
  family: keyof typeof USES,
  folder: ModelFolder,
  tries: boolean,
): Promise<Opened> {
  const { path } = folder;
  let head: HeadMatch | undefined;
  let halves: EncoderDecoderFiles | undefined;
  try {
    if (family === 'encoder-decoder') halves = await encoderDecoderFiles(folder);
    else if (family === 'causal' || family === 'masked') head = openLanguageModel(file).head;
    else checkInputs(modelInputs(file.model.graph), file.path);
    if (family === 'causal') requireManyTokens(modelInputs(file.model.graph), file.path);
    const tokenizer = await loadTokenizer(path);
    if (head) fitTokenizer(tokenizer, head.vocabularySize, path);
    if (family === 'masked') requireMask(tokenizer, path);
    if (halves && tries) await (await openEncoderDecoder(folder, halves, tokenizer, {})).model.dispose();
    return { head, halves, refusal: undefined };
  } catch (error) {
    if (!(error instanceof RlpromptError)) throw error;
    return { head, halves, refusal: error.message };
  }
}

interface Opened {
  readonly head: HeadMatch | undefined;
  readonly halves: EncoderDecoderFiles | undefined;
  readonly refusal: string | undefined;
}

function architectureOf(config: Readonly<Record<string, unknown>>): string {
  const [first] = Array.isArray(config.architectures) ? (config.architectures as unknown[]) : [];
  return String(first ?? config.model_type ?? 'unknown');
}

function opsetOf(file: ModelFile): number {
  const main = file.model.opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx');
  return toNumber(main?.version);
}

function numberIn(config: Readonly<Record<string, unknown>>, ...keys: string[]): number | undefined {
  return keys.map((key) => config[key]).find((value) => typeof value === 'number');
}

function weightBytes(file: ModelFile): number {
  let sum = 0;
  for (const tensor of allTensors(file.model.graph)) sum += tensorBytes(file, tensor).length;
  return sum;
}
