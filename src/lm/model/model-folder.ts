import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ErrorCode, nearestWord, RlpromptError } from '../../errors.js';
import { factsOfNamed, isThere } from '../../files/read/is-there.js';
import { readText } from '../../files/read/read-file.js';
import { type GgufFile, isGgufFile, isGgufName, readGguf } from '../gguf/gguf-file.js';
import { ggufConfig } from '../gguf/llama-settings.js';

/** Number formats by the names hub users give them, with the endings of their files. */
const DTYPE_SUFFIXES = {
  fp32: [''],
  fp16: ['_fp16'],
  q4: ['_q4'],
  q4f16: ['_q4f16'],
  bnb4: ['_bnb4'],
  q8: ['_quantized', '_int8'],
  int8: ['_int8', '_quantized'],
  uint8: ['_uint8'],
} as const;

export type Dtype = keyof typeof DTYPE_SUFFIXES;

export const DTYPES = Object.keys(DTYPE_SUFFIXES) as Dtype[];

/** Of a configuration; real ones have some kilobytes. */
const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

/** Names an export gives its file, best first: with a cache, then without. */
const STEMS = ['model', 'decoder_model_merged', 'decoder_model', 'decoder_with_past_model'];

/** A model on disk, with what its configuration says. */
export interface ModelFolder {
  readonly path: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizerPath: string;
  readonly onnxPath: string;
  /** A name of DTYPES, or the file's own name where it fits none. */
  readonly dtype: string;
}

/**
 * Finds the files of a model in a local folder: `config.json`, `tokenizer.json` and the ONNX file of the wanted number
 * format, in `onnx/` as on the hub or beside them. A GGUF file stands for a folder.
 * @param dtype a name of DTYPES or the name of one of the folder's ONNX files; default: the first of DTYPES there is
 */
export function findModelFolder(path: string, dtype?: string): ModelFolder {
  const stat = factsOfNamed(path);
  if (isGgufFile(path)) return ggufFolder(readGguf(path));
  if (!stat?.isDirectory()) {
    const message = stat ? 'a file, where a model folder was expected' : 'no such model folder';
    throw missing('E_MODEL_FOLDER_MISSING', message, path, 'rlprompt models list');
  }
  const config = readConfig(path);
  const tokenizerPath = join(path, 'tokenizer.json');
  if (!isThere(tokenizerPath)) {
    const next = 'save it with AutoTokenizer.from_pretrained(…, use_fast=True).save_pretrained(folder)';
    throw missing('E_TOKENIZER_MISSING', `no tokenizer.json; ${contents(path)}`, path, next);
  }
  const files = onnxFiles(path);
  const found = dtype === undefined ? defaultFile(files) : fileOf(files, dtype, path);
  if (!found) throw noOnnx(path, files, dtype);
  return { path, config, tokenizerPath, onnxPath: found.path, dtype: found.dtype };
}

/** A GGUF file is a whole model: settings, tokenizer and weights. */
function ggufFolder(file: GgufFile): ModelFolder {
  const { path } = file;
  const bytes = new Map<string, number>();
  for (const { type, bytes: size } of file.tensors.values()) bytes.set(type.name, (bytes.get(type.name) ?? 0) + size);
  const [[dtype] = ['F32']] = [...bytes].sort((a, b) => b[1] - a[1]);
  return { path, config: ggufConfig(file), tokenizerPath: path, onnxPath: path, dtype };
}

/**
 * The ONNX file of a number format among the files of a model, wherever they are; undefined where there is none.
 * @param where names the model in the refusal of an unknown format
 */
export function chooseOnnxFile(
  paths: readonly string[],
  dtype: string | undefined,
  where: string,
): { path: string; dtype: string } | undefined {
  const files = toOnnxFiles(paths);
  return dtype === undefined ? defaultFile(files) : fileOf(files, dtype, where);
}

/** The number formats that some of a model's files have. */
export function dtypesOf(paths: readonly string[]): string[] {
  const files = toOnnxFiles(paths);
  const known = DTYPES.filter((name) => fileOfDtype(files, name));
  return known.length > 0 ? known : files.map(({ stem }) => stem);
}

interface OnnxFile {
  readonly path: string;
  readonly stem: string;
}

function onnxFiles(folder: string): OnnxFile[] {
  return toOnnxFiles(
    [join(folder, 'onnx'), folder]
      .filter((path) => isThere(path))
      .flatMap((path) => readdirSync(path).map((name) => join(path, name))),
  );
}

function toOnnxFiles(paths: readonly string[]): OnnxFile[] {
  return paths.filter((path) => path.endsWith('.onnx')).map((path) => ({ path, stem: basename(path, '.onnx') }));
}

function fileOf(
  files: readonly OnnxFile[],
  dtype: string,
  folder: string,
): { path: string; dtype: string } | undefined {
  if (isDtype(dtype)) return fileOfDtype(files, dtype);
  const byName = files.find(({ stem }) => stem === dtype.replace(/\.onnx$/, ''));
  if (byName) return { path: byName.path, dtype: byName.stem };
  const nearest = nearestWord(dtype, DTYPES);
  throw new RlpromptError({
    code: 'E_DTYPE',
    exit: 'usage',
    message: `unknown number format ${JSON.stringify(dtype)}${nearest ? `, did you mean ${nearest}?` : ''}`,
    where: folder,
    next: `use ${DTYPES.join(', ')} or a file's name: ${files.map(({ stem }) => stem).join(', ') || 'there is none'}`,
  });
}

function isDtype(name: string): name is Dtype {
  return Object.hasOwn(DTYPE_SUFFIXES, name);
}

function fileOfDtype(files: readonly OnnxFile[], dtype: Dtype): { path: string; dtype: Dtype } | undefined {
  for (const stem of STEMS) {
    for (const suffix of DTYPE_SUFFIXES[dtype]) {
      const file = files.find((candidate) => candidate.stem === stem + suffix);
      if (file) return { path: file.path, dtype };
    }
  }
  return undefined;
}

function defaultFile(files: readonly OnnxFile[]): { path: string; dtype: string } | undefined {
  for (const dtype of DTYPES) {
    const file = fileOfDtype(files, dtype);
    if (file) return file;
  }
  const [only, ...others] = files;
  return only && others.length === 0 ? { path: only.path, dtype: only.stem } : undefined;
}

function readConfig(folder: string): Record<string, unknown> {
  const path = join(folder, 'config.json');
  if (!isThere(path)) {
    throw missing(
      'E_MODEL_CONFIG_MISSING',
      `no config.json; ${contents(folder)}`,
      folder,
      'name the folder that has it',
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(readText(path, MAX_CONFIG_BYTES));
  } catch (cause) {
    if (cause instanceof RlpromptError) throw cause;
    throw badConfig(path, `not valid JSON (${(cause as Error).message})`, cause);
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw badConfig(path, 'not a JSON object');
  return config as Record<string, unknown>;
}

function badConfig(where: string, message: string, cause?: unknown): RlpromptError {
  const next = 'download or export the model again';
  return new RlpromptError({ code: 'E_MODEL_CONFIG', exit: 'data', message, where, next, cause });
}

function noOnnx(folder: string, files: readonly OnnxFile[], dtype: string | undefined): RlpromptError {
  const isTorch = readdirSync(folder).some((name) => /\.(safetensors|bin)$/.test(name));
  if (files.length === 0) {
    const message = `no ONNX file${isTorch ? ', only PyTorch weights' : ''}; ${contents(folder)}`;
    const gguf = readdirSync(folder).find(isGgufName);
    if (gguf !== undefined) {
      return missing('E_MODEL_ONNX_MISSING', message, folder, `name the GGUF file itself: ${join(folder, gguf)}`);
    }
    const next = `export it: optimum-cli export onnx --model ${folder} ${join(folder, 'onnx')}`;
    return missing('E_MODEL_ONNX_MISSING', message, folder, next);
  }
  const names = files.map(({ stem }) => stem).join(', ');
  return missing(
    'E_MODEL_DTYPE_MISSING',
    dtype ? `no file for the number format ${dtype}; there is ${names}` : `several ONNX files: ${names}`,
    folder,
    `use --dtype ${dtypesOf(files.map(({ path }) => path)).join('|')}`,
  );
}

function contents(folder: string): string {
  const names = readdirSync(folder).slice(0, 20);
  return names.length > 0 ? `the folder holds ${names.join(', ')}` : 'the folder is empty';
}

function missing(code: ErrorCode, message: string, where: string, next: string): RlpromptError {
  return new RlpromptError({ code, exit: 'missingInput', message, where, next });
}
