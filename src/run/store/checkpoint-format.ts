import { createHash, type Hash } from 'node:crypto';
import { bytesOf } from '../../files/file-system.js';
import { strictJson } from '../../files/strict-json.js';

/** What a checkpoint holds. Equal contents give equal bytes: no times, no names of machines. */
export interface CheckpointContent {
  readonly step: number;
  readonly json: unknown;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

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

export const CHECKPOINT_VERSION = 1;

const MAGIC = 'RLPCKPT\n';
const BYTE_ORDER_MARK = 0x01020304;
const PRELUDE_LENGTH = 32;
const DIGEST_LENGTH = 32;
const MAX_HEADER_LENGTH = 2 ** 20;

/** Why bytes are not a checkpoint that can be used. */
export class CheckpointDamage extends Error {}

/** The file is whole, but of a later version of the format than this program knows. */
export class NewerCheckpoint extends Error {
  constructor(readonly version: number) {
    super(`checkpoint format ${version}`);
  }
}

/**
 * File: prelude of 32 bytes (magic, version u32, byte order mark u32, body length u64, header length u32, 0 u32),
 * body (header JSON, content JSON padded to 8 bytes, raw arrays), sha256 of all bytes before it. Little-endian.
 *
 * @returns the bytes, and the sha256 of the whole file as `sha256sum` prints it
 */
export function encodeCheckpoint(content: CheckpointContent): { bytes: Uint8Array; sha256: string } {
  const json = Buffer.from(strictJson(content.json));
  const header = Buffer.from(JSON.stringify(headerOf(content, json.length)));
  if (header.length > MAX_HEADER_LENGTH) throw new RangeError(`checkpoint header of ${header.length} bytes`);
  const padding = Buffer.alloc(-(header.length + json.length) & 7, ' ');
  const arrays = Object.values(content.arrays).map(bytesOf);
  const body = [header, json, padding, ...arrays];
  const prelude = Buffer.alloc(PRELUDE_LENGTH);
  prelude.write(MAGIC, 'latin1');
  prelude.writeUInt32LE(CHECKPOINT_VERSION, 8);
  new Uint32Array(prelude.buffer, prelude.byteOffset + 12, 1)[0] = BYTE_ORDER_MARK;
  prelude.writeBigUInt64LE(BigInt(body.reduce((sum, part) => sum + part.length, 0)), 16);
  prelude.writeUInt32LE(header.length, 24);
  const hash = [prelude, ...body].reduce<Hash>((running, part) => running.update(part), createHash('sha256'));
  const whole = hash.copy();
  const digest = hash.digest();
  return { bytes: Buffer.concat([prelude, ...body, digest]), sha256: whole.update(digest).digest('hex') };
}

function headerOf({ step, arrays }: CheckpointContent, jsonLength: number): Header {
  let end = 0;
  const index = Object.entries(arrays).map(([name, array]) => {
    const begin = end;
    end += array.byteLength;
    return { name, dtype: 'F32' as const, begin, end };
  });
  return { step, jsonLength, arrays: index };
}

/**
 * The content of a checkpoint file; every byte is covered by a check before it is used.
 *
 * @throws CheckpointDamage or NewerCheckpoint
 */
export function decodeCheckpoint(bytes: Uint8Array): CheckpointContent & { sha256: string } {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < PRELUDE_LENGTH + DIGEST_LENGTH) throw new CheckpointDamage(`only ${file.length} bytes`);
  if (file.toString('latin1', 0, 8) !== MAGIC) throw new CheckpointDamage('not a checkpoint file');
  const bodyLength = Number(file.readBigUInt64LE(16));
  const expected = PRELUDE_LENGTH + bodyLength + DIGEST_LENGTH;
  if (file.length !== expected) throw new CheckpointDamage(`${file.length} bytes where ${expected} were written`);
  const end = PRELUDE_LENGTH + bodyLength;
  const digest = createHash('sha256').update(file.subarray(0, end)).digest();
  if (!digest.equals(file.subarray(end))) throw new CheckpointDamage('its sha256 does not match its bytes');
  const version = file.readUInt32LE(8);
  if (version > CHECKPOINT_VERSION) throw new NewerCheckpoint(version);
  if (new Uint32Array(Uint8Array.from(file.subarray(12, 16)).buffer)[0] !== BYTE_ORDER_MARK) {
    throw new CheckpointDamage('written on a machine of the other byte order');
  }
  const content = decodeBody(file.subarray(PRELUDE_LENGTH, end), file.readUInt32LE(24));
  return { ...content, sha256: createHash('sha256').update(file).digest('hex') };
}

function decodeBody(body: Buffer, headerLength: number): CheckpointContent {
  if (headerLength > Math.min(MAX_HEADER_LENGTH, body.length)) throw new CheckpointDamage('header too long');
  const header = parse(body.toString('utf8', 0, headerLength));
  if (!isHeader(header)) throw new CheckpointDamage('its header is not one');
  const jsonEnd = headerLength + header.jsonLength;
  if (jsonEnd > body.length) throw new CheckpointDamage('content beyond the end');
  const json = parse(body.toString('utf8', headerLength, jsonEnd));
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointDamage(`its JSON cannot be read: ${String(error)}`);
  }
}
