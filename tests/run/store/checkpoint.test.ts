import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLatestCheckpoint, writeCheckpoint } from '../../../src/run/store/checkpoint.js';
import {
  CheckpointDamage,
  decodeCheckpoint,
  encodeCheckpoint,
  NewerCheckpoint,
} from '../../../src/run/store/checkpoint-format.js';
import { temporaryFolder } from '../temporary-folder.js';

const content = (step: number) => ({
  step,
  json: { rng: [1, 2, 3], name: 'Ġgreat \u2028 💡' },
  arrays: { w1: Float32Array.of(step, -0, Number.NaN, 1e-45), b1: new Float32Array(0), __proto__x: Float32Array.of(7) },
});

function damage(runDir: string, step: number): void {
  const path = join(runDir, 'checkpoints', `step-00000${step}.ckpt`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 40]! ^= 4;
  writeFileSync(path, bytes);
}

/** As a later program would write it: whole, with another version. */
function ofVersion(version: number): Buffer {
  const bytes = Buffer.from(encodeCheckpoint(content(9)).bytes);
  bytes.writeUInt32LE(version, 8);
  createHash('sha256')
    .update(bytes.subarray(0, -32))
    .digest()
    .copy(bytes, bytes.length - 32);
  return bytes;
}

describe('checkpoints', () => {
  it('come back bit for bit, arrays in order, with the sha256 of the file', () => {
    const runDir = temporaryFolder();
    const written = writeCheckpoint(runDir, content(12));
    const { checkpoint, warnings } = readLatestCheckpoint(runDir)!;
    expect(warnings).toEqual([]);
    expect(written).toEqual({ file: 'checkpoints/step-000012.ckpt', sha256: checkpoint.sha256 });
    expect(
      createHash('sha256')
        .update(readFileSync(join(runDir, written.file)))
        .digest('hex'),
    ).toBe(written.sha256);
    expect(checkpoint).toEqual({ ...content(12), ...written });
    expect(Object.is(checkpoint.arrays.w1![1], -0)).toBe(true);
    expect(Object.keys(checkpoint.arrays)).toEqual(['w1', 'b1', '__proto__x']);
  });

  it('of equal contents are equal files', () => {
    expect(encodeCheckpoint(content(3)).bytes).toEqual(encodeCheckpoint(content(3)).bytes);
  });

  it('are kept two at a time; one with a name of its own stays and is not resumed from', () => {
    const runDir = temporaryFolder();
    writeCheckpoint(runDir, content(1), { name: 'best' });
    for (const step of [2, 4, 6, 8]) writeCheckpoint(runDir, content(step));
    expect(readdirSync(join(runDir, 'checkpoints'))).toEqual(['best.ckpt', 'step-000006.ckpt', 'step-000008.ckpt']);
    expect(readLatestCheckpoint(runDir)!.checkpoint.step).toBe(8);
  });

  it('of a course that was given up do not outlive the next one', () => {
    const runDir = temporaryFolder();
    for (const step of [4, 8]) writeCheckpoint(runDir, content(step));
    damage(runDir, 8);
    writeCheckpoint(runDir, content(6));
    expect(readdirSync(join(runDir, 'checkpoints'))).toEqual(['step-000004.ckpt', 'step-000006.ckpt']);
  });

  it('that are damaged are passed over with a warning; where none is whole, that is said', () => {
    const runDir = temporaryFolder();
    for (const step of [4, 8]) writeCheckpoint(runDir, content(step));
    damage(runDir, 8);
    const latest = readLatestCheckpoint(runDir)!;
    expect(latest.checkpoint.step).toBe(4);
    expect(latest.warnings).toEqual([
      expect.stringMatching(/step-000008\.ckpt is damaged \(its sha256 does not match/),
    ]);
    damage(runDir, 4);
    const code = 'E_CHECKPOINT_DAMAGED';
    expect(() => readLatestCheckpoint(runDir)).toThrow(expect.objectContaining({ code, exitCode: 65 }));
  });

  it('are none where a run has not come so far', () => {
    const runDir = temporaryFolder();
    expect(readLatestCheckpoint(runDir)).toBeUndefined();
    mkdirSync(join(runDir, 'checkpoints'));
    expect(readLatestCheckpoint(runDir)).toBeUndefined();
  });

  it('of a newer format are refused, naming both versions, and stay', () => {
    const runDir = temporaryFolder();
    writeCheckpoint(runDir, content(8));
    const path = join(runDir, 'checkpoints', 'step-000009.ckpt');
    writeFileSync(path, ofVersion(7));
    const message = expect.stringMatching(/format 7.*up to 1/) as string;
    expect(() => readLatestCheckpoint(runDir)).toThrow(
      expect.objectContaining({ code: 'E_CHECKPOINT_VERSION', exitCode: 65, message }),
    );
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ['NaN', { loss: Number.NaN }, /"loss".*NaN/],
    ['Infinity', [1, Number.POSITIVE_INFINITY], /"1".*Infinity/],
    ['a Map', { seen: new Map() }, /"seen".*Map/],
    ['a typed array', { w: new Float32Array(1) }, /"w".*Float32Array/],
    ['a hole in a list', { list: [undefined] }, /"0".*undefined/],
    ['a BigInt', { count: 1n }, /"count".*bigint/],
    ['nothing', undefined, /undefined/],
  ])('refuse %s in their JSON, which would come back as something else', (_, json, message) => {
    expect(() => encodeCheckpoint({ step: 1, json, arrays: {} })).toThrow(
      expect.objectContaining({ code: 'E_NOT_JSON', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('the reader of checkpoints', () => {
  const { bytes } = encodeCheckpoint(content(5));

  it('refuses every truncation and every flipped bit', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(CheckpointDamage);
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(flipped)).toThrow(CheckpointDamage);
    }
  });

  it('refuses 5000 random changes, also where the sha256 was made to fit', () => {
    const change = fc.record({ at: fc.nat(bytes.length - 33), byte: fc.nat(255), isSigned: fc.boolean() });
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const changed = Buffer.from(bytes);
      for (const { at, byte } of changes) changed[at] = byte;
      if (changed.equals(bytes)) return;
      if (changes[0]!.isSigned) {
        createHash('sha256')
          .update(changed.subarray(0, -32))
          .digest()
          .copy(changed, changed.length - 32);
        // With a valid sum it may be another, valid checkpoint; it must not be an error without a name.
        try {
          decodeCheckpoint(changed);
        } catch (error) {
          expect(error instanceof CheckpointDamage || error instanceof NewerCheckpoint, String(error)).toBe(true);
        }
      } else expect(() => decodeCheckpoint(changed)).toThrow(CheckpointDamage);
    });
    fc.assert(property, { numRuns: 5000, seed: 7 });
  });
});
