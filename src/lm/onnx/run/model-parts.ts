import { join } from 'node:path';
import { RlpromptError } from '../../../errors.js';
import { isThere } from '../../../files/read/is-there.js';
import type { TruncatedPart } from '../../model/label-rows.js';
import { digestFiles } from '../../model/model-digest.js';
import type { ModelFolder } from '../../model/model-folder.js';
import type { RemoteUsage } from '../../model/remote-usage.js';
import { loadTokenizer } from '../../model/tokenizer.js';
import type { LanguageModel, Tokenizer } from '../../model/types.js';
import type { RowOptions } from './row-limits.js';
import type { SessionOptions } from './session.js';

export interface OnnxModelOptions extends SessionOptions, RowOptions {
  /** What an input that is too long to be scored loses. @default 'tail' */
  readonly truncate?: TruncatedPart | undefined;
}

/** A language model loaded into this process. */
export interface LoadedModel extends LanguageModel {
  /** What its user should know, for instance that rows are run one by one. */
  readonly notes: readonly string[];
  /** What services or workers have done for it so far; missing for a model of this process. */
  readonly usage?: () => RemoteUsage;
  /** What an input that is too long loses; missing where a service decides. */
  readonly truncate?: TruncatedPart;
}

/** What the users of some models should know, each once. */
export function notesOf(models: readonly LoadedModel[]): string[] {
  return [...new Set(models.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)))];
}

const ONE_BY_ONE =
  'dynamic int8: a row would depend on its batch-mates, so rows are run one by one; fp32, fp16 and q4 run in batches';
const IN_BATCHES =
  'dynamic int8 in batches: a row depends on its batch-mates, so scores do not repeat exactly and a resumed run differs';

/** What the user of a dynamic int8 model should know. */
export function int8Notes(dynamicQuantised: boolean, { allowDynamicInt8 }: RowOptions): string[] {
  if (!dynamicQuantised) return [];
  return [allowDynamicInt8 ? IN_BATCHES : ONE_BY_ONE];
}

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
  const specials = join(folder.path, 'special_tokens_map.json');
  const settings = join(folder.path, 'tokenizer_config.json');
  const others = [config, specials, settings].filter((path) => isThere(path));
  const [tokenizer, digest] = await Promise.all([
    loadTokenizer(folder.path),
    digestFiles([...new Set([...files, folder.tokenizerPath, ...others])]),
  ]);
  return { name, folder, tokenizer, contextLength: contextLength(folder), digest };
}

/** Attention heads, as the configuration has them. */
export function headCount(folder: ModelFolder): number {
  return firstSize(folder, ['num_attention_heads', 'n_head', 'n_heads', 'num_heads', 'encoder_attention_heads']) ?? 12;
}

/** Size of a hidden state, as the configuration has it. */
export function widthOf(folder: ModelFolder): number {
  return firstSize(folder, ['hidden_size', 'n_embd', 'dim', 'd_model']) ?? 768;
}

const LENGTH_KEYS = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len', 'seq_length'];
const UNKNOWN_LENGTH = 2048;

/** RoBERTa and its kin count positions from after the padding token's id. */
const OFFSET_POSITIONS = /^(roberta|camembert|xlm-roberta|mpnet)/;

function contextLength(folder: ModelFolder): number {
  const { model_type: type, pad_token_id: padding } = folder.config;
  const length = firstSize(folder, LENGTH_KEYS) ?? UNKNOWN_LENGTH;
  if (!OFFSET_POSITIONS.test(String(type))) return length;
  return requireSize(folder, 'the positions behind pad_token_id', length - Number(padding ?? 1) - 1);
}

function firstSize(folder: ModelFolder, keys: readonly string[]): number | undefined {
  const key = keys.find((name) => typeof folder.config[name] === 'number');
  return key === undefined ? undefined : requireSize(folder, key, Number(folder.config[key]));
}

/** A model of no or of negative size would only fail once a run has begun. */
function requireSize({ path }: ModelFolder, what: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RlpromptError({
    code: 'E_MODEL_CONFIG',
    exit: 'data',
    message: `${what}: got ${value}, expected a positive integer`,
    where: join(path, 'config.json'),
    next: 'download or export the model again',
  });
}
