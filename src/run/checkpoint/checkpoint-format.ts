import { createHash } from 'node:crypto';
import {
  DamagedTensors,
  decodeTensors,
  encodeTensors,
  LENGTH_BYTES,
  type TensorFile,
} from '../../files/safetensors.js';
import { strictJson } from '../../files/strict-json.js';
import { CheckpointDamage, parseJson } from './checkpoint-damage.js';
import { decodeVersion1, isVersion1 } from './checkpoint-version-1.js';

/** What a checkpoint holds. Equal contents give equal bytes: no times, no names of machines. */
export interface CheckpointContent {
  readonly step: number;
  readonly json: unknown;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** Shapes of arrays by name; an array without one has one dimension. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

export const CHECKPOINT_VERSION = 2;

const FORMAT = 'rlprompt-checkpoint';
const NO_DIGEST = '0'.repeat(64);
/** The first bytes of the header, so that the digest is found before anything is parsed. */
const DIGEST_PREFIX = '{"__metadata__":{"sha256":"';
const DIGEST_START = LENGTH_BYTES + DIGEST_PREFIX.length;
const DIGEST_END = DIGEST_START + NO_DIGEST.length;

/** The file is whole, but of a later version of the format than this program knows. */
export class NewerCheckpoint extends Error {
  constructor(readonly version: number) {
    super(`checkpoint format ${version}`);
  }
}

/**
 * A safetensors file, one tensor per array. Its metadata: `sha256` of the file with zeros in place of these 64 digits,
 * `format`, `version`, `step`, and the content's JSON as `content`.
 *
 * @returns the bytes, and the sha256 of the whole file as `sha256sum` prints it
 */
export function encodeCheckpoint(
  { step, json, arrays }: CheckpointContent,
  shapes: Shapes = {},
): { bytes: Uint8Array; sha256: string } {
  const tensors = Object.entries(arrays).map(([name, values]) => [
    name,
    { shape: shapes[name] ?? [values.length], values },
  ]);
  const bytes = encodeTensors({
    metadata: {
      sha256: NO_DIGEST,
      format: FORMAT,
      version: String(CHECKPOINT_VERSION),
      step: String(step),
      content: strictJson(json),
    },
    tensors: Object.fromEntries(tensors) as TensorFile['tensors'],
  });
  bytes.write(sha256Of(bytes), DIGEST_START, 'latin1');
  return { bytes, sha256: sha256Of(bytes) };
}

/**
 * The content of a checkpoint file of this version or of version 1; every byte is covered by a check before it is used.
 *
 * @throws CheckpointDamage or NewerCheckpoint
 */
export function decodeCheckpoint(bytes: Uint8Array): CheckpointContent & { sha256: string } {
  const content = isVersion1(bytes) ? decodeVersion1(bytes) : decodeVersion2(bytes);
  return { ...content, sha256: sha256Of(bytes) };
}

function decodeVersion2(bytes: Uint8Array): CheckpointContent {
  checkDigest(bytes);
  const { metadata, tensors } = readTensors(bytes);
  if (metadata.format !== FORMAT) throw new CheckpointDamage('not a checkpoint file');
  const version = countOf(metadata.version);
  if (version > CHECKPOINT_VERSION) throw new NewerCheckpoint(version);
  const arrays = Object.entries(tensors).map(([name, { values }]) => [name, values]);
  return { step: countOf(metadata.step), json: parseJson(metadata.content ?? ''), arrays: Object.fromEntries(arrays) };
}

function checkDigest(bytes: Uint8Array): void {
  const blank = Buffer.from(bytes);
  if (blank.toString('latin1', LENGTH_BYTES, DIGEST_START) !== DIGEST_PREFIX || blank.length < DIGEST_END) {
    throw new CheckpointDamage('not a checkpoint file');
  }
  const written = blank.toString('latin1', DIGEST_START, DIGEST_END);
  blank.write(NO_DIGEST, DIGEST_START, 'latin1');
  if (sha256Of(blank) !== written) throw new CheckpointDamage('its sha256 does not match its bytes');
}

function readTensors(bytes: Uint8Array): TensorFile {
  try {
    return decodeTensors(bytes);
  } catch (error) {
    if (!(error instanceof DamagedTensors)) throw error;
    throw new CheckpointDamage(error.message);
  }
}

function countOf(text = ''): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) throw new CheckpointDamage('its metadata lacks a number');
  return count;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
