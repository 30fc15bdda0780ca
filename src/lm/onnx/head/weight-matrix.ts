import { RlpromptError } from '../../../errors.js';
import type { ModelFile } from '../graph/file/model-file-types.js';
import { dimsOf, tensorBytes } from '../graph/file/tensor-bytes.js';
import { bfloatToFloat, halfToFloat } from '../graph/float16.js';
import { ONNX_TYPE, type OnnxTensor, typeName } from '../graph/proto.js';

/** A constant matrix of a model, read in blocks of rows and always given in float32. */
export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Rows `first` to `first + count`, row-major. */
  readRows(first: number, count: number): Float32Array;
}

/** A tensor's content as the runtime's kernels see it: floats exact, integers as their values. */
export function tensorValues(file: ModelFile, tensor: OnnxTensor): Float32Array {
  const bytes = tensorBytes(file, tensor);
  return toFloats(bytes.read(0, bytes.length), tensor.dataType, tensor.name ?? '', file.path);
}

/** An initializer of rank 2 as a matrix. */
export function tensorMatrix(file: ModelFile, tensor: OnnxTensor): WeightMatrix {
  const dims = dimsOf(tensor, file.path);
  if (dims.length !== 2) throw unreadable(`${tensor.name} has the shape [${dims.join(', ')}], not a matrix`, file.path);
  const [rows, columns] = dims as [number, number];
  const bytes = tensorBytes(file, tensor);
  const rowBytes = bytes.length / rows;
  const readRows = (first: number, count: number) =>
    toFloats(bytes.read(first * rowBytes, count * rowBytes), tensor.dataType, tensor.name ?? '', file.path);
  return { rows, columns, readRows };
}

/** A view with aligned elements; protobuf puts tensors at any offset. */
function aligned<T>(
  bytes: Uint8Array,
  size: number,
  make: (buffer: ArrayBufferLike, offset: number, n: number) => T,
): T {
  const data = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  return make(data.buffer, data.byteOffset, Math.floor(data.byteLength / size));
}

function toFloats(bytes: Uint8Array, dataType: number, name: string, where: string): Float32Array {
  switch (dataType) {
    case ONNX_TYPE.float32:
      return aligned(bytes, 4, (buffer, offset, n) => new Float32Array(buffer, offset, n));
    case ONNX_TYPE.float16:
      return halfToFloat(aligned(bytes, 2, (buffer, offset, n) => new Uint16Array(buffer, offset, n)));
    case ONNX_TYPE.bfloat16:
      return bfloatToFloat(aligned(bytes, 2, (buffer, offset, n) => new Uint16Array(buffer, offset, n)));
    case ONNX_TYPE.int8:
      return Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    case ONNX_TYPE.uint8:
      return Float32Array.from(bytes);
    case ONNX_TYPE.int32:
      return Float32Array.from(aligned(bytes, 4, (buffer, offset, n) => new Int32Array(buffer, offset, n)));
    default:
      throw unreadable(`${name} is stored as ${typeName(dataType)}`, where);
  }
}

/** The output layer has a form this program cannot read. */
export function unreadable(what: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_HEAD',
    exit: 'data',
    message: `the output layer cannot be read: ${what}`,
    where,
    next: 'use a file of the same model in fp32, fp16, int8 or 4-bit (MatMulNBits)',
  });
}
