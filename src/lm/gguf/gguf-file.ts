import { closeSync, fstatSync, openSync } from 'node:fs';
import { factsOfNamed } from '../../files/read/is-there.js';
import { requireOrdinary } from '../../files/read-ordinary.js';
import { GgufCursor } from './gguf-cursor.js';
import { damaged, unsupported } from './gguf-error.js';
import { otherTypeName, TENSOR_TYPE_NAMES, type TensorType, tensorType } from './tensor-types.js';

export type GgufValue = number | boolean | string | readonly GgufValue[];

export interface GgufTensor {
  readonly name: string;
  /** As the file has them: the first one varies quickest. */
  readonly dims: readonly number[];
  readonly type: TensorType;
  /** From the beginning of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** A GGUF file without its weights: what it says of itself, and where each tensor lies. */
export interface GgufFile {
  readonly path: string;
  readonly size: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Whether a path names a GGUF file. */
export function isGgufName(path: string): boolean {
  return /\.gguf$/i.test(path);
}

/** Whether there is such a file; a folder may have the name too. */
export function isGgufFile(path: string): boolean {
  return isGgufName(path) && factsOfNamed(path)?.isDirectory() === false;
}

let last: { readonly key: string; readonly file: GgufFile } | undefined;

/**
 * Reads what stands before the weights of a GGUF file, version 2 or 3.
 *
 * @throws RlpromptError E_GGUF, E_GGUF_UNSUPPORTED
 */
export function readGguf(path: string): GgufFile {
  requireOrdinary(path);
  const fd = openSync(path, 'r');
  try {
    const { size, mtimeMs, ino } = fstatSync(fd);
    const key = JSON.stringify([path, size, mtimeMs, ino]);
    // Tokenizer, settings and weights are asked for one after the other.
    if (last?.key !== key) last = { key, file: parse(new GgufCursor(fd, size, path), size) };
    return last.file;
  } finally {
    closeSync(fd);
  }
}

const MAGIC = 0x46554747;
const DEFAULT_ALIGNMENT = 32;
const MAX_DIMS = 4;
/** The least that an entry takes: an empty name, a type, and a value; a tensor has a name, its dimensions and its place. */
const ENTRY_BYTES = 13;
const TENSOR_BYTES = 24;

function parse(cursor: GgufCursor, size: number): GgufFile {
  const { path } = cursor;
  if (size < 24 || cursor.uint32() !== MAGIC) throw damaged('it does not begin as one', path);
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) throw unsupported(`GGUF version ${version}; versions 2 and 3 are read`, path);
  const tensorCount = cursor.count(TENSOR_BYTES);
  const entryCount = cursor.count(ENTRY_BYTES);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.text();
    if (metadata.has(key)) throw damaged(`it has ${JSON.stringify(key)} twice`, path);
    metadata.set(key, readValue(cursor, cursor.uint32()));
  }
  const descriptions = Array.from({ length: tensorCount }, () => readTensor(cursor));
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== 'number' || !Number.isInteger(Math.log2(alignment))) {
    throw damaged(`its alignment is ${JSON.stringify(alignment)}`, path);
  }
  const start = Math.ceil(cursor.position / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const tensor of descriptions) {
    const offset = start + tensor.offset;
    if (tensors.has(tensor.name)) throw damaged(`it has the tensor ${JSON.stringify(tensor.name)} twice`, path);
    if (!(offset + tensor.bytes <= size)) {
      const message = `the tensor ${JSON.stringify(tensor.name)} needs bytes ${offset} to ${offset + tensor.bytes} of ${size}`;
      throw damaged(message, path);
    }
    tensors.set(tensor.name, { ...tensor, offset });
  }
  return { path, size, metadata, tensors };
}

const STRING = 8;
const ARRAY = 9;

/** Bytes of one value at least, by the number of its type, and how it is read. */
const SCALARS: Readonly<Record<number, [bytes: number, read: (cursor: GgufCursor) => GgufValue]>> = {
  0: [1, (cursor) => cursor.uint8()],
  1: [1, (cursor) => cursor.int8()],
  2: [2, (cursor) => cursor.uint16()],
  3: [2, (cursor) => cursor.int16()],
  4: [4, (cursor) => cursor.uint32()],
  5: [4, (cursor) => cursor.int32()],
  6: [4, (cursor) => cursor.float32()],
  7: [1, (cursor) => cursor.uint8() !== 0],
  [STRING]: [8, (cursor) => cursor.text()],
  10: [8, (cursor) => cursor.uint64()],
  11: [8, (cursor) => cursor.int64()],
  12: [8, (cursor) => cursor.float64()],
};

/** No known file has lists in lists; a nest of them would be a trap. */
function readValue(cursor: GgufCursor, type: number): GgufValue {
  const scalar = SCALARS[type];
  if (scalar) return scalar[1](cursor);
  const element = type === ARRAY ? SCALARS[cursor.uint32()] : undefined;
  if (!element) throw damaged(`it has a value of unknown type at byte ${cursor.position}`, cursor.path);
  const [bytes, read] = element;
  return Array.from({ length: cursor.count(bytes) }, () => read(cursor));
}

function readTensor(cursor: GgufCursor): GgufTensor {
  const name = cursor.text();
  const rank = cursor.uint32();
  if (rank > MAX_DIMS) throw damaged(`the tensor ${JSON.stringify(name)} has ${rank} dimensions`, cursor.path);
  const dims = Array.from({ length: rank }, () => cursor.uint64());
  const number = cursor.uint32();
  const offset = cursor.uint64();
  const type = tensorType(number);
  if (!type) {
    const message = `the tensor ${JSON.stringify(name)} is stored as ${otherTypeName(number)}; read are ${TENSOR_TYPE_NAMES.join(', ')}`;
    throw unsupported(message, cursor.path);
  }
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const isWhole =
    dims.every((dim) => dim > 0) && Number.isSafeInteger(elements) && (dims[0] ?? 1) % type.blockSize === 0;
  if (!isWhole) throw damaged(`the tensor ${JSON.stringify(name)} has the shape [${dims.join(', ')}]`, cursor.path);
  return { name, dims, type, offset, bytes: (elements / type.blockSize) * type.blockBytes };
}
