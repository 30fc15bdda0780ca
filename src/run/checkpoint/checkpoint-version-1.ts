import { createHash } from 'node:crypto';
import { CheckpointDamage, parseJson } from './checkpoint-damage.js';

interface Header {
  readonly step: number;
  /** Bytes of the JSON that follows the header. */
  readonly jsonLength: number;
  /** In file order, each beginning where the one before ended. */
  readonly arrays: readonly {
    readonly name: string;
    readonly dtype: 'F32';
    readonly begin: number;
    readonly end: number;
  }[];
}

const MAGIC = 'RLPCKPT\n';
const BYTE_ORDER_MARK = 0x01020304;
const PRELUDE_LENGTH = 32;
const DIGEST_LENGTH = 32;
const MAX_HEADER_LENGTH = 2 ** 20;

/** What a checkpoint of version 1 holds. */
interface Content {
  readonly step: number;
  readonly json: unknown;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

export function isVersion1(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/**
 * Reads the checkpoints of rlprompt 0.1. Prelude of 32 bytes (magic, version u32, byte order mark u32, body length u64,
 * header length u32, 0 u32), body (header JSON, content JSON padded to 8 bytes, raw arrays), sha256 of all bytes before
 * it. Little-endian.
 *
 * @throws CheckpointDamage
 */
export function decodeVersion1(bytes: Uint8Array): Content {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < PRELUDE_LENGTH + DIGEST_LENGTH) throw new CheckpointDamage(`only ${file.length} bytes`);
  const bodyLength = Number(file.readBigUInt64LE(16));
  const expected = PRELUDE_LENGTH + bodyLength + DIGEST_LENGTH;
  if (file.length !== expected) throw new CheckpointDamage(`${file.length} bytes where ${expected} were written`);
  const end = PRELUDE_LENGTH + bodyLength;
  const digest = createHash('sha256').update(file.subarray(0, end)).digest();
  if (!digest.equals(file.subarray(end))) throw new CheckpointDamage('its sha256 does not match its bytes');
  if (file.readUInt32LE(8) !== 1) throw new CheckpointDamage('no program has written this version');
  if (new Uint32Array(Uint8Array.from(file.subarray(12, 16)).buffer)[0] !== BYTE_ORDER_MARK) {
    throw new CheckpointDamage('written on a machine of the other byte order');
  }
  return decodeBody(file.subarray(PRELUDE_LENGTH, end), file.readUInt32LE(24));
}

function decodeBody(body: Buffer, headerLength: number): Content {
  if (headerLength > Math.min(MAX_HEADER_LENGTH, body.length)) throw new CheckpointDamage('header too long');
  const header = parseJson(body.toString('utf8', 0, headerLength));
  if (!isHeader(header)) throw new CheckpointDamage('its header is not one');
  const jsonEnd = headerLength + header.jsonLength;
  if (jsonEnd > body.length) throw new CheckpointDamage('content beyond the end');
  const json = parseJson(body.toString('utf8', headerLength, jsonEnd));
  const data = body.subarray(Math.ceil(jsonEnd / 8) * 8);
  let end = 0;
  const arrays = header.arrays.map((array): [string, Float32Array] => {
    const isPlaced = array.begin === end && array.end >= end && array.end <= data.length;
    if (!isPlaced || array.end % 4 !== 0) throw new CheckpointDamage(`array ${array.name} is misplaced`);
    end = array.end;
    // A copy: the trainer may write into it, and a file's bytes need not be aligned in memory.
    return [array.name, new Float32Array(Uint8Array.from(data.subarray(array.begin, array.end)).buffer)];
  });
  if (end !== data.length) throw new CheckpointDamage('bytes that belong to no array');
  return { step: header.step, json, arrays: Object.fromEntries(arrays) };
}

function isHeader(value: unknown): value is Header {
  const header = value as Partial<Header> | null;
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  const isArray = (array: Partial<Header['arrays'][number]> | null): boolean =>
    typeof array?.name === 'string' && array.dtype === 'F32' && isCount(array.begin) && isCount(array.end);
  return (
    isCount(header?.step) &&
    isCount(header?.jsonLength) &&
    Array.isArray(header?.arrays) &&
    header.arrays.every(isArray)
  );
}
