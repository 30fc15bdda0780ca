import { crc32 } from 'node:zlib';

/** A key and the numbers that were paid for under it. */
export interface ScoreRecord<Values = Float32Array | Float64Array> {
  readonly key: string;
  readonly values: Values;
}

/** The records of one call, as they stand in a score log. */
export interface ScoreFrame {
  /** Counted from 0 over the run and its resumes. */
  readonly call: number;
  readonly records: readonly ScoreRecord[];
  /** Where the frame stands in the file. */
  readonly begin: number;
  readonly end: number;
}

const MAGIC = Buffer.from('SCOR', 'latin1');
const PREFIX_LENGTH = 12;
const RECORD_LENGTH = 9;

/**
 * Frame: magic `SCOR`, payload length u32, crc32 u32; payload: call u32, record count u32, then for each record key
 * length u32, value count u32, bytes a value u8 (4 or 8), key (UTF-8), values. Little-endian; floats are exact.
 */
export function encodeFrame(call: number, records: readonly ScoreRecord<ArrayLike<number>>[]): Uint8Array {
  const encoded = records.map(({ key, values }) => {
    return { key: Buffer.from(key), values, width: values instanceof Float32Array ? 4 : 8 };
  });
  const size = encoded.reduce(
    (sum, { key, values, width }) => sum + RECORD_LENGTH + key.length + values.length * width,
    8,
  );
  const frame = Buffer.alloc(PREFIX_LENGTH + size);
  let at = frame.writeUInt32LE(records.length, frame.writeUInt32LE(call, PREFIX_LENGTH));
  for (const { key, values, width } of encoded) {
    at = frame.writeUInt32LE(key.length, at);
    at = frame.writeUInt32LE(values.length, at);
    at = frame.writeUInt8(width, at);
    at += key.copy(frame, at);
    for (const value of Array.from(values)) {
      at = width === 4 ? frame.writeFloatLE(value, at) : frame.writeDoubleLE(value, at);
    }
  }
  MAGIC.copy(frame);
  frame.writeUInt32LE(size, 4);
  frame.writeUInt32LE(crc32(frame.subarray(PREFIX_LENGTH)), 8);
  return frame;
}

/**
 * The frames from `begin` on. Where one is damaged, the search continues at the next whole one: a flipped bit costs
 * the scores of one call, not of all calls after it.
 */
export function* scanFrames(bytes: Uint8Array, begin: number): Generator<ScoreFrame, void> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = file.indexOf(MAGIC, begin); at >= 0; ) {
    const frame = decodeFrame(file, at);
    if (frame) yield frame;
    at = file.indexOf(MAGIC, frame?.end ?? at + 1);
  }
}

function decodeFrame(file: Buffer, begin: number): ScoreFrame | undefined {
  const payloadBegin = begin + PREFIX_LENGTH;
  if (payloadBegin + 8 > file.length) return undefined;
  const end = payloadBegin + file.readUInt32LE(begin + 4);
  if (end < payloadBegin + 8 || end > file.length) return undefined;
  if (crc32(file.subarray(payloadBegin, end)) !== file.readUInt32LE(begin + 8)) return undefined;
  const records = decodeRecords(file.subarray(payloadBegin + 8, end), file.readUInt32LE(payloadBegin + 4));
  return records && { begin, call: file.readUInt32LE(payloadBegin), records, end };
}

function decodeRecords(payload: Buffer, count: number): ScoreRecord[] | undefined {
  const records: ScoreRecord[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + RECORD_LENGTH > payload.length) return undefined;
    const keyEnd = at + RECORD_LENGTH + payload.readUInt32LE(at);
    const length = payload.readUInt32LE(at + 4);
    const width = payload.readUInt8(at + 8);
    const end = keyEnd + length * width;
    if (end > payload.length || (width !== 4 && width !== 8)) return undefined;
    const key = payload.toString('utf8', at + RECORD_LENGTH, keyEnd);
    const values = width === 4 ? new Float32Array(length) : new Float64Array(length);
    for (let j = 0; j < length; j++) {
      values[j] = width === 4 ? payload.readFloatLE(keyEnd + 4 * j) : payload.readDoubleLE(keyEnd + 8 * j);
    }
    records.push({ key, values });
    at = end;
  }
  return at === payload.length ? records : undefined;
}
