import { writeFileSync } from 'node:fs';

export interface WrittenTensor {
  readonly dims: readonly number[];
  /** The number of its type in the file. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** A value of metadata; numbers are uint32 where they are whole, else float32, unless their type is given. */
export type WrittenValue = number | boolean | string | readonly string[] | readonly number[] | { float: number };

export const F32 = 0;

export interface WrittenGguf {
  readonly metadata: Readonly<Record<string, WrittenValue>>;
  readonly tensors: Readonly<Record<string, WrittenTensor>>;
  readonly version?: number;
}

export function floatTensor(dims: readonly number[], values: Float32Array): WrittenTensor {
  return { dims, type: F32, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** The bytes of a GGUF file. */
export function ggufBytes({ metadata, tensors, version = 3 }: WrittenGguf): Buffer {
  const parts: Buffer[] = [Buffer.from('GGUF'), uint32(version)];
  parts.push(uint64(Object.keys(tensors).length), uint64(Object.keys(metadata).length));
  for (const [key, value] of Object.entries(metadata)) parts.push(text(key), ...valueParts(value));
  let offset = 0;
  for (const [name, { dims, type, bytes }] of Object.entries(tensors)) {
    parts.push(text(name), uint32(dims.length), ...dims.map(uint64), uint32(type), uint64(offset));
    offset += padded(bytes.length);
  }
  const header = Buffer.concat(parts);
  const weights = Object.values(tensors).map(({ bytes }) => pad(Buffer.from(bytes)));
  return Buffer.concat([pad(header), ...weights]);
}

export function writeGguf(path: string, content: WrittenGguf): string {
  writeFileSync(path, ggufBytes(content));
  return path;
}

const ALIGNMENT = 32;
const padded = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);

const TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 };

function valueParts(value: WrittenValue): Buffer[] {
  if (typeof value === 'string') return [uint32(TYPES.string), text(value)];
  if (typeof value === 'boolean') return [uint32(TYPES.bool), Buffer.of(value ? 1 : 0)];
  if (typeof value === 'number') return [uint32(TYPES.uint32), uint32(value)];
  if ('float' in value) return [uint32(TYPES.float32), float32(value.float)];
  const count = uint64(value.length);
  if (typeof value[0] === 'string')
    return [uint32(TYPES.array), uint32(TYPES.string), count, ...value.map((item) => text(String(item)))];
  const isWhole = value.every((item) => Number.isInteger(item));
  const type = uint32(isWhole ? TYPES.int32 : TYPES.float32);
  return [
    uint32(TYPES.array),
    type,
    count,
    ...value.map((item) => (isWhole ? int32(Number(item)) : float32(Number(item)))),
  ];
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
