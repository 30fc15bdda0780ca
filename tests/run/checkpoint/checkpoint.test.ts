import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTensors, encodeTensors } from '../../../src/files/safetensors.js';
import { readLatestCheckpoint, writeCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { CheckpointDamage } from '../../../src/run/checkpoint/checkpoint-damage.js';
import { decodeCheckpoint, encodeCheckpoint, NewerCheckpoint } from '../../../src/run/checkpoint/checkpoint-format.js';
import { temporaryFolder } from '../temporary-folder.js';

const DIGEST_START = 8 + '{"__metadata__":{"sha256":"'.length;

const content = (step: number) => ({
  step,
  json: { rng: [1, 2, 3], name: 'Ġgreat \u2028 💡' },
  arrays: { w1: Float32Array.of(step, -0, Number.NaN, 1e-45), b1: new Float32Array(0), __proto__x: Float32Array.of(7) },
});

function damage(runDir: string, step: number): void {
  const path = join(runDir, 'checkpoints', `step-00000${step}.safetensors`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 40]! ^= 4;
  writeFileSync(path, bytes);
}

/** What makes changed bytes a file that was written like this. */
function withDigest(changed: Buffer): Buffer {
  changed.write('0'.repeat(64), DIGEST_START, 'latin1');
  changed.write(createHash('sha256').update(changed).digest('hex'), DIGEST_START, 'latin1');
  return changed;
}

/** As a later program would write it: whole, with another version. */
function ofVersion(version: number): Buffer {
  const bytes = Buffer.from(encodeCheckpoint(content(9)).bytes);
  const at = bytes.indexOf('"version":"2"');
  expect(at).toBeGreaterThan(0);
  bytes.write(String(version), at + '"version":"'.length, 'latin1');
  return withDigest(bytes);
}

describe('checkpoints', () => {
  it('come back bit for bit, arrays in order, with the sha256 of the file', () => {
    const runDir = temporaryFolder();
    const written = writeCheckpoint(runDir, content(12));
    const { checkpoint, warnings } = readLatestCheckpoint(runDir)!;
    expect(warnings).toEqual([]);
    expect(written).toEqual({ file: 'checkpoints/step-000012.safetensors', sha256: checkpoint.sha256 });
    expect(
      createHash('sha256')
        .update(readFileSync(join(runDir, written.file)))
        .digest('hex'),
    ).toBe(written.sha256);
    expect(checkpoint).toEqual({ ...content(12), ...written });
    expect(Object.is(checkpoint.arrays.w1![1], -0)).toBe(true);
    expect(Object.keys(checkpoint.arrays)).toEqual(['w1', 'b1', '__proto__x']);
  });

  it('say that nothing is kept where the folder of the run was removed', () => {
    const removed = join(temporaryFolder(), 'removed');
    expect(() => writeCheckpoint(removed, content(1))).toThrow(
      expect.objectContaining({ code: 'E_CANNOT_CREATE', kept: expect.stringContaining('was removed') }),
    );
  });

  it('of equal contents are equal files', () => {
    expect(encodeCheckpoint(content(3)).bytes).toEqual(encodeCheckpoint(content(3)).bytes);
  });

  it('are kept two at a time; one with a name of its own stays and is not resumed from', () => {
    const runDir = temporaryFolder();
    writeCheckpoint(runDir, content(1), { name: 'best' });
    for (const step of [2, 4, 6, 8]) writeCheckpoint(runDir, content(step));
    expect(readdirSync(join(runDir, 'checkpoints'))).toEqual([
      'best.safetensors',
      'step-000006.safetensors',
      'step-000008.safetensors',
    ]);
    expect(readLatestCheckpoint(runDir)!.checkpoint.step).toBe(8);
  });

  it('of a course that was given up do not outlive the next one', () => {
    const runDir = temporaryFolder();
    for (const step of [4, 8]) writeCheckpoint(runDir, content(step));
    damage(runDir, 8);
    writeCheckpoint(runDir, content(6));
    expect(readdirSync(join(runDir, 'checkpoints'))).toEqual(['step-000004.safetensors', 'step-000006.safetensors']);
  });

  it('that are damaged are passed over with a warning; where none is whole, that is said', () => {
    const runDir = temporaryFolder();
    for (const step of [4, 8]) writeCheckpoint(runDir, content(step));
    damage(runDir, 8);
    const latest = readLatestCheckpoint(runDir)!;
    expect(latest.checkpoint.step).toBe(4);
    expect(latest.warnings).toEqual([
      expect.stringMatching(/step-000008\.safetensors is damaged \(its sha256 does not match/),
    ]);
    damage(runDir, 4);
    const code = 'E_CHECKPOINT_DAMAGED';
    expect(() => readLatestCheckpoint(runDir)).toThrow(expect.objectContaining({ code, exitCode: 65 }));
    expect(() => readLatestCheckpoint(runDir)).not.toThrow(/going back/);
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
    const path = join(runDir, 'checkpoints', 'step-000009.safetensors');
    writeFileSync(path, ofVersion(7));
    const message = expect.stringMatching(/format 7.*up to 2/) as string;
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
    const change = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255), isSigned: fc.boolean() });
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const changed = Buffer.from(bytes);
      for (const { at, byte } of changes) changed[at] = byte;
      if (changed.equals(bytes)) return;
      if (changes[0]!.isSigned) {
        // With a valid sum it may be another, valid checkpoint; it must not be an error without a name.
        try {
          decodeCheckpoint(withDigest(changed));
        } catch (error) {
          expect(error instanceof CheckpointDamage || error instanceof NewerCheckpoint, String(error)).toBe(true);
        }
      } else expect(() => decodeCheckpoint(changed)).toThrow(CheckpointDamage);
    });
    fc.assert(property, { numRuns: 5000, seed: 7 });
  });

  it('refuses a safetensors file of another program', () => {
    const foreign = encodeTensors({ metadata: { format: 'pt' }, tensors: {} });
    expect(() => decodeCheckpoint(foreign)).toThrow(/not a checkpoint file/);
    const disguised = encodeTensors({ metadata: { sha256: '0'.repeat(64), format: 'pt' }, tensors: {} });
    expect(() => decodeCheckpoint(withDigest(disguised))).toThrow(/not a checkpoint file/);
  });
});

describe('a checkpoint as a safetensors file', () => {
  const shapes = { w1: [2, 2] };
  const file = decodeTensors(encodeCheckpoint(content(5), shapes).bytes);

  it('has a tensor per array, of the shape given or of one dimension', () => {
    const shapesFound = Object.entries(file.tensors).map(([name, { shape }]) => [name, shape]);
    expect(shapesFound).toEqual([
      ['w1', [2, 2]],
      ['b1', [0]],
      ['__proto__x', [1]],
    ]);
    expect(file.tensors.w1!.values).toEqual(content(5).arrays.w1);
  });

  it('has the rest in its metadata', () => {
    const { content: json, ...metadata } = file.metadata;
    expect(metadata).toEqual({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      format: 'rlprompt-checkpoint',
      version: '2',
      step: '5',
    });
    expect(JSON.parse(json!)).toEqual(content(5).json);
  });
});

describe('a checkpoint of version 1', () => {
  const fixture = join(import.meta.dirname, '../../fixtures/checkpoint-version-1/small.ckpt');

  it('is read as it was written', () => {
    const bytes = readFileSync(fixture);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(decodeCheckpoint(bytes)).toEqual({ ...content(5), sha256 });
  });

  it('is refused where a byte is missing or a bit is wrong', () => {
    const bytes = readFileSync(fixture);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(CheckpointDamage);
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(flipped)).toThrow(CheckpointDamage);
    }
  });

  it('gives way to one of this version for the same step, and to the next ones', () => {
    const runDir = temporaryFolder();
    const folder = join(runDir, 'checkpoints');
    mkdirSync(folder);
    for (const step of [3, 5, 8]) cpSync(fixture, join(folder, `step-00000${step}.ckpt`));
    expect(readLatestCheckpoint(runDir)!.checkpoint.file).toBe('checkpoints/step-000008.ckpt');
    writeCheckpoint(runDir, content(8));
    expect(readdirSync(folder).sort()).toEqual(['step-000005.ckpt', 'step-000008.safetensors']);
    cpSync(fixture, join(folder, 'step-000008.ckpt'));
    expect(readLatestCheckpoint(runDir)!.checkpoint.file).toBe('checkpoints/step-000008.safetensors');
    writeCheckpoint(runDir, content(9));
    expect(readdirSync(folder).sort()).toEqual(['step-000008.safetensors', 'step-000009.safetensors']);
  });
});
