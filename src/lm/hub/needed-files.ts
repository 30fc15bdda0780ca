import { posix } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { chooseOnnxFile, dtypesOf } from '../model/model-folder.js';
import type { HubFile } from './hub-api.js';
import { formatHubName, type HubName } from './hub-name.js';

const REQUIRED = ['config.json', 'tokenizer.json'];
const OPTIONAL = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
];

/**
 * The files that running a model takes: its descriptions, one ONNX file (an encoder-decoder has two), and the data beside it.
 * @throws RlpromptError E_HUB_FILE_MISSING, E_HUB_DTYPE_MISSING or E_DTYPE, saying what there is.
 */
export function neededFiles(files: readonly HubFile[], name: HubName, dtype: string | undefined): HubFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const onnx = chooseOnnx(files, name, dtype);
  for (const path of REQUIRED) {
    if (!byPath.has(path)) throw missing(name, `no ${path}; it has ${list(files)}`, exportHint(name));
  }
  const graphs = [...new Set([onnx.path, encoderOf(onnx.path)])].filter((path) => byPath.has(path));
  const names = [...REQUIRED, ...OPTIONAL, ...graphs].flatMap((path) => byPath.get(path) ?? []);
  return [...names, ...files.filter(({ path }) => graphs.some((graph) => isDataOf(graph, path)))];
}

function chooseOnnx(files: readonly HubFile[], name: HubName, dtype: string | undefined): { path: string } {
  const all = files.map(({ path }) => path).filter((path) => path.endsWith('.onnx'));
  const paths = ['onnx', '.'].flatMap((folder) => all.filter((path) => posix.dirname(path) === folder));
  const found = chooseOnnxFile(paths, dtype, formatHubName(name));
  if (found) return found;
  if (paths.length === 0) throw missing(name, `no ONNX file; it has ${list(files)}`, exportHint(name));
  throw new RlpromptError({
    code: 'E_HUB_DTYPE_MISSING',
    exit: 'missingInput',
    message: dtype
      ? `no file for the number format ${dtype}; there is ${paths.join(', ')}`
      : `several ONNX files: ${paths.join(', ')}`,
    where: formatHubName(name),
    next: `use --dtype ${dtypesOf(paths).join('|')}`,
  });
}

/** The other half of an encoder-decoder, by the name that exports give it; any other file as it is. */
function encoderOf(decoder: string): string {
  return decoder.replace(/decoder_model(_merged)?([^/]*)$/, 'encoder_model$2');
}

/** Large models keep their weights beside the graph: model.onnx_data, model.onnx_data_1, model.onnx.data. */
function isDataOf(onnx: string, path: string): boolean {
  return [`${onnx}_data`, `${onnx}.data`].some((start) => path.startsWith(start));
}

function list(files: readonly HubFile[]): string {
  const names = files.slice(0, 20).map(({ path }) => path);
  return names.length === 0 ? 'no files' : names.join(', ') + (files.length > names.length ? ' …' : '');
}

function exportHint({ id }: HubName): string {
  return `look for an ONNX export (onnx-community/${id.split('/')[1]}), or make one: optimum-cli export onnx --model ${id} FOLDER`;
}

function missing(name: HubName, message: string, next: string): RlpromptError {
  const where = formatHubName(name);
  return new RlpromptError({ code: 'E_HUB_FILE_MISSING', exit: 'missingInput', message, where, next });
}
