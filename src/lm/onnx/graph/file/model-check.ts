import { closeSync, openSync, readSync } from 'node:fs';
import { type ErrorCode, RlpromptError } from '../../../../errors.js';
import { factsOf } from '../../../../files/read/facts-of.js';
import { allNodes } from '../graph-walk.js';
import { type OnnxGraph, type OnnxModel, toNumber } from '../proto.js';

/** What onnxruntime-node 1.30 reads. */
const NEWEST_IR = 13;
const NEWEST_OPSET = 26;

/** Refuses what is no ONNX file at all, by what it is: missing, a folder, empty, a web page, a Git-LFS pointer. */
export function checkModelBytes(path: string): void {
  const stat = factsOf(path);
  if (!stat) throw problem('E_MODEL_MISSING', 'missingInput', 'no such model file', path, 'check the path');
  if (!stat.isFile()) {
    throw problem('E_MODEL_MISSING', 'missingInput', 'not a file; a model file was expected', path, 'check the path');
  }
  if (stat.size === 0) throw problem('E_MODEL_EMPTY', 'data', 'the model file has 0 bytes', path, DOWNLOAD_AGAIN);
  const start = firstBytes(path).toString('latin1').trimStart();
  if (start.startsWith('version https://git-lfs')) {
    const next = 'run `git lfs pull` where the model was cloned, or download the file itself';
    throw problem('E_MODEL_LFS_POINTER', 'data', 'a Git-LFS pointer, not the model it stands for', path, next);
  }
  if (/^<(!doctype|html|\?xml)/i.test(start)) {
    throw problem(
      'E_MODEL_HTML',
      'data',
      'a web page, not a model: the download was answered by HTML',
      path,
      DOWNLOAD_AGAIN,
    );
  }
  if (/^\{\s*"/.test(start)) {
    throw problem('E_MODEL_NOT_ONNX', 'data', 'JSON text, not an ONNX model', path, DOWNLOAD_AGAIN);
  }
}

/** Refuses models newer than the runtime reads, and files without an operator set. */
export function checkVersions(model: OnnxModel, path: string): void {
  const irVersion = toNumber(model.irVersion);
  if (irVersion > NEWEST_IR) {
    const message = `the file has ONNX IR version ${irVersion}, the runtime reads up to ${NEWEST_IR}`;
    throw problem('E_MODEL_IR', 'data', message, path, 'export the model with an older onnx');
  }
  const opsets = model.opsetImport.map((entry) => ({ domain: entry.domain ?? '', version: toNumber(entry.version) }));
  const main = opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  if (!main) throw problem('E_MODEL_CORRUPT', 'data', 'the file names no operator set', path, DOWNLOAD_AGAIN);
  if (main.version > NEWEST_OPSET) {
    const message = `the file uses ONNX opset ${main.version}, the runtime reads up to ${NEWEST_OPSET}`;
    throw problem('E_MODEL_OPSET', 'data', message, path, `export the model with --opset ${NEWEST_OPSET} or lower`);
  }
}

/** Operator domains of onnxruntime-node's CPU build. */
const DOMAINS = /^(|ai\.onnx|ai\.onnx\.ml|ai\.onnx\.(preview\.)?training|com\.microsoft(\..+)?|com\.ms\..+)$/;

/** Refuses operators of domains that neither the runtime nor the model itself defines. */
export function checkOperators(model: OnnxModel & { graph: OnnxGraph }, path: string): void {
  const own = new Set(model.functions?.map((definition) => definition.domain ?? ''));
  for (const node of allNodes(model.graph)) {
    const domain = node.domain ?? '';
    if (DOMAINS.test(domain) || own.has(domain)) continue;
    const message = `the model uses the operator ${domain}.${node.opType}, which the runtime does not have`;
    throw problem('E_MODEL_UNKNOWN_OP', 'data', message, path, 'export the model with standard operators');
  }
}

/** Values that a graph makes out of nothing: no language model needs more than this at once. */
const MOST_ELEMENTS = 2 ** 31;

/** Refuses a graph that fills a tensor of a size which it has written down and no machine has. */
export function checkSizes(model: OnnxModel & { graph: OnnxGraph }, path: string): void {
  const shapes = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of allNodes(model.graph)) {
    const shape = node.opType === 'ConstantOfShape' ? shapes.get(node.input[0] ?? '') : undefined;
    const bytes = shape?.rawData;
    if (!bytes || bytes.length % 8 > 0) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const sizes = Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
    const count = sizes.reduce((product, size) => product * size, 1);
    if (count <= MOST_ELEMENTS) continue;
    const message = `${node.name || 'a ConstantOfShape node'} makes ${count} values at once`;
    throw problem('E_MODEL_MEMORY', 'data', message, path, DOWNLOAD_AGAIN);
  }
}

const DOWNLOAD_AGAIN = 'download or export the model again';

function firstBytes(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(256);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

function problem(
  code: ErrorCode,
  exit: 'data' | 'missingInput',
  message: string,
  where: string,
  next: string,
): RlpromptError {
  return new RlpromptError({ code, exit, message, where, next });
}
