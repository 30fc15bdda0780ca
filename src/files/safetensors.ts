import { bytesOf } from './file-system.js';

/** An array of 32-bit floats, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a safetensors file holds. Tensors keep their order. */
export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Why bytes are not a safetensors file that can be read. */
export class DamagedTensors extends Error {}

/** Bytes before the header: its length, u64 little-endian. */
export const LENGTH_BYTES = 8;

const METADATA = '__metadata__';
/** The limit of the reference implementation: no other program would read a longer one. */
const MAX_HEADER_LENGTH = 100_000_000;
const ALIGNMENT = 8;
const BYTES_PER_VALUE = 4;

interface Entry {
  readonly dtype: 'F32';
  readonly shape: readonly number[];
  /** Begin and end in the bytes that follow the header. */
  readonly data_offsets: readonly [number, number];
}

/**
 * Writes the safetensors format: header length, JSON header padded with spaces to a multiple of 8 bytes, then the
 * tensors one after the other, little-endian. The metadata is the first key of the header.
 *
 * @throws RangeError where the header would be longer than readers accept, or a shape does not fit its values
 */
export function encodeTensors({ metadata, tensors }: TensorFile): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]): [string, Entry] => {
    if (name === METADATA || sizeOf(shape) !== values.length) throw new RangeError(`tensor ${name} cannot be written`);
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
  const json = Buffer.from(JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(entries) }));
  const header = Buffer.concat([json, Buffer.alloc(-json.length & (ALIGNMENT - 1), ' ')]);
  if (header.length > MAX_HEADER_LENGTH) throw new RangeError(`safetensors header of ${header.length} bytes`);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...Object.values(tensors).map(({ values }) => bytesOf(values))]);
}

/**
 * Reads a safetensors file of 32-bit floats. The tensors must cover the data without an overlap or a gap.
 *
 * @throws DamagedTensors
 */
export function decodeTensors(bytes: Uint8Array): TensorFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < LENGTH_BYTES) throw new DamagedTensors(`only ${file.length} bytes`);
  const length = file.readBigUInt64LE();
  if (length > Math.min(MAX_HEADER_LENGTH, file.length - LENGTH_BYTES)) throw new DamagedTensors('header too long');
  const dataStart = LENGTH_BYTES + Number(length);
  const header = parseHeader(file.toString('utf8', LENGTH_BYTES, dataStart));
  const { [METADATA]: metadata = {}, ...rest } = header;
  if (!isTextMap(metadata)) throw new DamagedTensors('its metadata is not a map of texts');
  const entries = Object.entries(rest).map(([name, entry]): [string, Entry] => [name, checkedEntry(name, entry)]);
  const data = file.subarray(dataStart);
  checkPlaces(entries, data.length);
  const tensors = entries.map(
    ([
      name,
      {
        shape,
        data_offsets: [begin, end],
      },
    ]): [string, Tensor] => {
      // A copy: the caller may write into it, and a file's bytes need not be aligned in memory.
      const values = new Float32Array(Uint8Array.from(data.subarray(begin, end)).buffer);
      return [name, { shape, values }];
    },
  );
  return { metadata, tensors: Object.fromEntries(tensors) };
}

function parseHeader(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new DamagedTensors(`its header cannot be read: ${String(error)}`);
  }
  if (!text.startsWith('{') || !isObject(header)) throw new DamagedTensors('its header is not one');
  return header;
}

function checkedEntry(name: string, entry: unknown): Entry {
  if (!isObject(entry)) throw new DamagedTensors(`tensor ${name} is not described`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32') throw new DamagedTensors(`tensor ${name} is of type ${String(dtype)}, not F32`);
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new DamagedTensors(`tensor ${name} has no shape or no place`);
  }
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== sizeOf(shape) * BYTES_PER_VALUE) {
    throw new DamagedTensors(`tensor ${name} has ${end - begin} bytes for shape [${shape.join(', ')}]`);
  }
  return { dtype, shape, data_offsets: [begin, end] };
}

/** Each tensor begins where the one before ends, from the first byte of the data to the last. */
function checkPlaces(entries: readonly [string, Entry][], dataLength: number): void {
  const inOrder = entries
    .map(
      ([
        name,
        {
          data_offsets: [begin, end],
        },
      ]) => ({ name, begin, end }),
    )
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin !== reached || end > dataLength) throw new DamagedTensors(`tensor ${name} is misplaced`);
    reached = end;
  }
  if (reached !== dataLength) throw new DamagedTensors('bytes that belong to no tensor');
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
