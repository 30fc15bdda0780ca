import { closeSync, openSync } from 'node:fs';
import { readAt } from '../../files/read/read-at.js';
import { dequantize } from './dequantize.js';
import { damaged } from './gguf-error.js';
import type { GgufFile, GgufTensor } from './gguf-file.js';

/** A tensor's numbers as bytes of float32, read when they are asked for. */
export interface FloatContent {
  readonly length: number;
  read(offset: number, length: number): Uint8Array;
}

const FLOAT_BYTES = 4;

/** The numbers as the file has them. */
export function contentOf({ path }: GgufFile, tensor: GgufTensor): FloatContent {
  const { blockSize, blockBytes } = tensor.type;
  const spread = blockSize * FLOAT_BYTES;
  return {
    length: (tensor.bytes / blockBytes) * spread,
    read: (offset, length) => {
      const first = Math.floor(offset / spread);
      const end = Math.ceil((offset + length) / spread);
      const blocks = readBytes(path, tensor.offset + first * blockBytes, (end - first) * blockBytes);
      const start = offset - first * spread;
      return bytesOf(dequantize(tensor.type, blocks)).subarray(start, start + length);
    },
  };
}

/** The numbers of a matrix with rows and columns exchanged. It is turned as a whole, and kept while memory allows. */
export function transposedContent(file: GgufFile, tensor: GgufTensor): FloatContent {
  const plain = contentOf(file, tensor);
  const [columns = 1, rows = 1] = tensor.dims;
  let kept: WeakRef<Uint8Array> | undefined;
  const turned = (): Uint8Array => {
    const known = kept?.deref();
    if (known) return known;
    const bytes = plain.read(0, plain.length);
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / FLOAT_BYTES);
    const out = new Float32Array(values.length);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column]!;
    }
    const result = bytesOf(out);
    kept = new WeakRef(result);
    return result;
  };
  return { length: plain.length, read: (offset, length) => turned().subarray(offset, offset + length) };
}

/** Numbers that are computed when they are asked for. */
export function computedContent(count: number, compute: () => Float32Array): FloatContent {
  return {
    length: count * FLOAT_BYTES,
    read: (offset, length) => bytesOf(compute()).subarray(offset, offset + length),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function readBytes(path: string, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const fd = openSync(path, 'r');
  try {
    const count = readAt(fd, bytes, position);
    if (count < length) throw damaged(`it ends at byte ${position + count}`, path);
    return bytes;
  } finally {
    closeSync(fd);
  }
}
