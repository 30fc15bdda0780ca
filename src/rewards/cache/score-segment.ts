import { crc32 } from 'node:zlib';

/** A row of scores under the 128-bit hash of what was scored. */
export interface StoredRow {
  readonly key: Uint32Array;
  readonly values: Float32Array;
}

export const SEGMENT_HEADER_LENGTH = 12;
const KEY_BYTES = 16;
const PREFIX_LENGTH = 8;

/** Segment: `RLPCACHE`, width u32, then blocks. Little-endian; numbers are exact. */
export function segmentHeader(width: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_LENGTH);
  bytes.write('RLPCACHE', 'latin1');
  bytes.writeUInt32LE(width, 8);
  return bytes;
}

/** Block: row count u32, crc32 of the rest u32, then for each row its key (4 x u32) and `width` float32. */
export function encodeBlock(rows: readonly StoredRow[], width: number): Buffer {
  const rowBytes = KEY_BYTES + 4 * width;
  const block = Buffer.alloc(PREFIX_LENGTH + rows.length * rowBytes);
  let at = PREFIX_LENGTH;
  for (const { key, values } of rows) {
    for (const word of key) at = block.writeUInt32LE(word, at);
    for (const value of values) at = block.writeFloatLE(value, at);
  }
  block.writeUInt32LE(rows.length, 0);
  block.writeUInt32LE(crc32(block.subarray(PREFIX_LENGTH)), 4);
  return block;
}

/** The rows of a segment up to the first block that is not whole: a process may have been killed while it wrote. */
export function* readSegment(bytes: Buffer, width: number): Generator<StoredRow, void> {
  if (!bytes.subarray(0, SEGMENT_HEADER_LENGTH).equals(segmentHeader(width))) return;
  const rowBytes = KEY_BYTES + 4 * width;
  for (let at = SEGMENT_HEADER_LENGTH; at + PREFIX_LENGTH <= bytes.length; ) {
    const end = at + PREFIX_LENGTH + bytes.readUInt32LE(at) * rowBytes;
    if (end > bytes.length || crc32(bytes.subarray(at + PREFIX_LENGTH, end)) !== bytes.readUInt32LE(at + 4)) return;
    for (let row = at + PREFIX_LENGTH; row < end; row += rowBytes) yield readRow(bytes, row, width);
    at = end;
  }
}

function readRow(bytes: Buffer, at: number, width: number): StoredRow {
  const key = Uint32Array.from({ length: 4 }, (_, i) => bytes.readUInt32LE(at + 4 * i));
  return { key, values: Float32Array.from({ length: width }, (_, i) => bytes.readFloatLE(at + KEY_BYTES + 4 * i)) };
}
