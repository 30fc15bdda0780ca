import { isGgufName } from '../../../gguf/gguf-file.js';
import { openGgufModel } from '../../gguf/llama-model.js';
import { allTensors } from '../graph-walk.js';
import { decodeMessage, type OnnxTensor } from '../proto.js';
import { EXTERNAL } from './external-data.js';
import { FileWindow } from './file-window.js';
import { checkModelBytes, checkOperators, checkSizes, checkVersions } from './model-check.js';
import type { FileRange, ModelFile } from './model-file-types.js';
import { tensorBytes } from './tensor-bytes.js';

/** Tensors up to this many bytes are read with the graph. */
export const INLINE_BYTES = 1024;

const LENGTH_DELIMITED = 2;
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;

/**
 * Opens an ONNX file, or a GGUF file as if it were one, and reads everything but the content of large initializers, so
 * that a model of any size costs only its graph in memory. What is not a usable file is refused by name.
 */
export function openModelFile(path: string): ModelFile {
  if (isGgufName(path)) return { ...openGgufModel(path), ranges: new Map() };
  checkModelBytes(path);
  const window = new FileWindow(path);
  try {
    const graphs: Buffer[] = [];
    const tensors: SkimmedTensor[] = [];
    const rest = skimFields(window, window.size, {
      [MODEL_GRAPH]: (end) => graphs.push(skimGraph(window, end, tensors)),
    });
    const ranges = new Map<OnnxTensor, FileRange>();
    const graph = decodeMessage('GraphProto', Buffer.concat(graphs), path);
    graph.initializer = tensors.map(({ bytes, range }) => {
      const tensor = decodeMessage('TensorProto', bytes, path);
      if (range) ranges.set(tensor, range);
      return tensor;
    });
    const model = decodeMessage('ModelProto', rest, path);
    if (graphs.length === 0) throw window.corrupt('holds no graph');
    checkVersions(model, path);
    const file = { path, size: window.size, model: Object.assign(model, { graph }), ranges };
    checkOperators(file.model, path);
    checkSizes(file.model, path);
    checkTensors(file);
    return file;
  } finally {
    window.close();
  }
}

/** Every stored tensor must be where the file says, and as long as its shape needs. */
function checkTensors(file: ModelFile): void {
  for (const tensor of allTensors(file.model.graph)) {
    if (tensor.dataLocation === EXTERNAL || file.ranges.has(tensor) || tensor.rawData?.length)
      tensorBytes(file, tensor);
  }
}

/** The files a model consists of: the ONNX file and those with its external data. */
export function filesOf(file: ModelFile): string[] {
  const external = [...allTensors(file.model.graph)].filter((tensor) => tensor.dataLocation === EXTERNAL);
  return [...new Set([file.path, ...external.flatMap((tensor) => tensorBytes(file, tensor).range?.path ?? [])])];
}

interface SkimmedTensor {
  bytes: Buffer;
  range: FileRange | undefined;
}

function skimGraph(window: FileWindow, end: number, tensors: SkimmedTensor[]): Buffer {
  return skimFields(window, end, {
    [GRAPH_INITIALIZER]: (tensorEnd) => tensors.push(skimTensor(window, tensorEnd)),
  });
}

function skimTensor(window: FileWindow, end: number): SkimmedTensor {
  let range: FileRange | undefined;
  const bytes = skimFields(window, end, {
    [TENSOR_RAW_DATA]: (dataEnd) => {
      const length = dataEnd - window.position;
      if (length <= INLINE_BYTES) return false;
      range = { path: window.path, offset: window.position, length };
      window.position = dataEnd;
      return true;
    },
  });
  return { bytes, range };
}

/**
 * Steps over the fields of a message that ends at `end`. A length-delimited field with a handler is given to it (it
 * moves to the field's end, or returns false to decline); the bytes of all others are returned, ready for decoding.
 */
function skimFields(window: FileWindow, end: number, handlers: Record<number, (fieldEnd: number) => unknown>): Buffer {
  const kept: Buffer[] = [];
  let keptFrom = window.position;
  while (window.position < end) {
    const start = window.position;
    const tag = window.varint(end);
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    const fieldEnd = endOfField(window, wireType, end);
    const handler = wireType === LENGTH_DELIMITED ? handlers[field] : undefined;
    if (handler && handler(fieldEnd) !== false) {
      if (start > keptFrom) kept.push(window.bytes(keptFrom, start));
      keptFrom = fieldEnd;
    }
    window.position = fieldEnd;
  }
  if (end > keptFrom) kept.push(window.bytes(keptFrom, end));
  const [first, ...others] = kept;
  return first && others.length === 0 ? first : Buffer.concat(kept);
}

function endOfField(window: FileWindow, wireType: number, end: number): number {
  if (wireType === 0) {
    const { position } = window;
    window.varint(end);
    const after = window.position;
    window.position = position;
    return after;
  }
  const sizes: Record<number, number> = { 1: 8, 5: 4 };
  const length = wireType === LENGTH_DELIMITED ? window.varint(end) : sizes[wireType];
  if (length === undefined) throw window.corrupt(`has a field of unknown kind ${wireType}`);
  if (window.position + length > end) throw window.corrupt(`announces ${length} bytes more`);
  return window.position + length;
}
