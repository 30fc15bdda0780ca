import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestFiles } from '../model-digest.js';
import type { ModelFolder } from '../model-folder.js';
import { loadTokenizer } from '../tokenizer.js';
import type { LanguageModel, Tokenizer } from '../types.js';
import type { SessionOptions } from './session.js';

export interface OnnxModelOptions extends SessionOptions {
  /** Bytes that caches and activations may take beside the weights; default: a quarter of the machine, 2 GiB at most. */
  readonly maxMemoryBytes?: number | undefined;
  /** Runs dynamic int8 models in batches although a row's numbers then depend on its neighbours. */
  readonly allowDynamicInt8?: boolean | undefined;
}

/** A language model loaded into this process. */
export interface LoadedModel extends LanguageModel {
  /** What its user should know, for instance that rows are run one by one. */
  readonly notes: readonly string[];
  /** What a service has been asked so far, in words; a model of this machine is not paid for. */
  readonly usage?: () => string;
}

/** Said of dynamic int8 models, whose rows are not run together. */
export const ONE_BY_ONE =
  'dynamic int8: a row would depend on its batch-mates, so rows are run one by one; fp32, fp16 and q4 run in batches';

/** What every family of model needs. */
export interface ModelParts {
  readonly name: string;
  readonly folder: ModelFolder;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly digest: string;
}

/** Loads a folder's tokenizer and identifies the model; `files` are those that hold its graph and weights. */
export async function loadParts(name: string, folder: ModelFolder, files: readonly string[]): Promise<ModelParts> {
  const config = join(folder.path, 'config.json');
  const specials = join(dirname(folder.tokenizerPath), 'special_tokens_map.json');
  const settings = join(dirname(folder.tokenizerPath), 'tokenizer_config.json');
  const [tokenizer, digest] = await Promise.all([
    loadTokenizer(dirname(folder.tokenizerPath)),
    digestFiles([...files, folder.tokenizerPath, ...[config, specials, settings].filter((path) => existsSync(path))]),
  ]);
  return { name, folder, tokenizer, contextLength: contextLength(folder.config), digest };
}

const LENGTH_KEYS = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len', 'seq_length'];
const UNKNOWN_LENGTH = 2048;

/** RoBERTa and its kin count positions from after the padding token's id. */
const OFFSET_POSITIONS = /^(roberta|camembert|xlm-roberta|mpnet)/;

function contextLength(config: Readonly<Record<string, unknown>>): number {
  const length = LENGTH_KEYS.map((key) => config[key]).find((value) => typeof value === 'number') ?? UNKNOWN_LENGTH;
  if (!OFFSET_POSITIONS.test(String(config.model_type))) return length;
  return length - Number(config.pad_token_id ?? 1) - 1;
}
