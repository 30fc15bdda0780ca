import { closeSync, openSync } from 'node:fs';
import { RlpromptError } from '../../../../errors.js';
import { type Int64, ONNX_TYPE, type OnnxTensor, toNumber } from '../proto.js';
import { EXTERNAL, externalRange } from './external-data.js';
import { readFully } from './file-window.js';
import type { FileRange, ModelFile } from './model-file-types.js';

/** Bits of one element, for the types whose content can be located. */
const BITS: Record<number, number> = {
  [ONNX_TYPE.float32]: 32,
  [ONNX_TYPE.uint8]: 8,
  [ONNX_TYPE.int8]: 8,
  [ONNX_TYPE.uint16]: 16,
  [ONNX_TYPE.int16]: 16,
  [ONNX_TYPE.int32]: 32,
  [ONNX_TYPE.int64]: 64,
  [ONNX_TYPE.bool]: 8,
  [ONNX_TYPE.float16]: 16,
  [ONNX_TYPE.float64]: 64,
  [ONNX_TYPE.uint32]: 32,
  [ONNX_TYPE.uint64]: 64,
  [ONNX_TYPE.bfloat16]: 16,
  [ONNX_TYPE.uint4]: 4,
  [ONNX_TYPE.int4]: 4,
};

/** The content of a tensor, wherever it lies: in memory, in the model file or in a file beside it. */
export interface TensorBytes {
  readonly length: number;
  /** The file that holds it, when it is not in memory. */
  readonly range: FileRange | undefined;
  /** A part of the content. */
  read(offset: number, length: number): Uint8Array;
}

/** The dimensions of a tensor as numbers; a shape no memory could hold is refused. */
export function dimsOf(tensor: { dims: readonly Int64[]; name?: string }, where: string): number[] {
  const dims = tensor.dims.map(toNumber);
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (dims.every((dim) => dim >= 0) && Number.isSafeInteger(size)) return dims;
  throw corrupt(`tensor ${tensor.name} has the shape [${dims.join(', ')}]`, where);
}

/** Finds a tensor's content and checks that its length fits its shape and type. */
export function tensorBytes(file: ModelFile, tensor: OnnxTensor): TensorBytes {
  const bits = BITS[tensor.dataType];
  const size = dimsOf(tensor, file.path).reduce((product, dim) => product * dim, 1);
  const expected = bits === undefined ? undefined : Math.ceil((size * bits) / 8);
  if (tensor.dataLocation === EXTERNAL) {
    if (expected === undefined)
      throw corrupt(`tensor ${tensor.name} has the unknown type ${tensor.dataType}`, file.path);
    return fileBytes(externalRange(file.path, tensor, expected));
  }
  const range = file.ranges.get(tensor);
  const made = file.contents?.get(tensor);
  const found = made ? { ...made, range: undefined } : range ? fileBytes(range) : memoryBytes(inlineBytes(tensor));
  if (expected !== undefined && tensor.dataType !== ONNX_TYPE.string && found.length !== expected) {
    throw corrupt(`tensor ${tensor.name} holds ${found.length} bytes, its shape needs ${expected}`, file.path);
  }
  return found;
}

function memoryBytes(bytes: Uint8Array): TensorBytes {
  return { length: bytes.length, range: undefined, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

function fileBytes(range: FileRange): TensorBytes {
  const read = (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    const fd = openSync(range.path, 'r');
    try {
      readFully(fd, bytes, range.offset + offset, range.path);
    } finally {
      closeSync(fd);
    }
    return bytes;
  };
  return { length: range.length, range, read };
}

/** The content of a tensor that is stored in the graph itself, in whichever of the fields ONNX allows. */
function inlineBytes(tensor: OnnxTensor): Uint8Array {
  if (tensor.rawData?.length) return tensor.rawData;
  if (tensor.floatData?.length) return new Uint8Array(Float32Array.from(tensor.floatData).buffer);
  if (tensor.int32Data?.length) {
    const bits = BITS[tensor.dataType] ?? 32;
    if (bits <= 8) return Uint8Array.from(tensor.int32Data);
    const narrow = bits === 16 ? Uint16Array.from(tensor.int32Data) : Int32Array.from(tensor.int32Data);
    return new Uint8Array(narrow.buffer);
  }
  return new Uint8Array();
}

function corrupt(message: string, where: string): RlpromptError {
  const next = 'download or export the model again';
  return new RlpromptError({ code: 'E_MODEL_CORRUPT', exit: 'data', message, where, next });
}
