import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedTensors, decodeTensors, encodeTensors, type TensorFile } from '../../src/files/safetensors.js';

const FILE: TensorFile = {
  metadata: { step: '3', note: '"quoted" é' },
  tensors: {
    w: { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    b: { shape: [], values: Float32Array.of(7) },
    none: { shape: [0, 4], values: new Float32Array(0) },
  },
};

/** A file with any header, right or wrong, before `data` bytes of zeros. */
function fileOf(header: unknown, data: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(data)]);
}

const tensor = (begin: number, end: number, shape: readonly unknown[] = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('encodeTensors', () => {
  it('writes the bytes of the format', () => {
    const tensors = { b: { shape: [2], values: Float32Array.of(1, -2) } };
    const json = '{"__metadata__":{"step":"3"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const header = json.padEnd(Math.ceil(json.length / 8) * 8);
    const expected = Buffer.concat([
      Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(header),
      Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]),
    ]);
    expect(encodeTensors({ metadata: { step: '3' }, tensors })).toEqual(expected);
  });

  it('aligns the data at 8 bytes, whatever the length of the header', () => {
    for (let length = 0; length < 16; length++) {
      const bytes = encodeTensors({ ...FILE, metadata: { note: 'x'.repeat(length) } });
      expect(bytes.readBigUInt64LE() % 8n).toBe(0n);
    }
  });

  it('refuses a shape that does not fit, and the name of the metadata', () => {
    const values = Float32Array.of(1, 2);
    expect(() => encodeTensors({ metadata: {}, tensors: { w: { shape: [3], values } } })).toThrow(RangeError);
    expect(() => encodeTensors({ metadata: {}, tensors: { __metadata__: { shape: [2], values } } })).toThrow(
      RangeError,
    );
  });
});

describe('decodeTensors', () => {
  it('reads what was written, in order', () => {
    const read = decodeTensors(encodeTensors(FILE));
    expect(read).toEqual(FILE);
    expect(Object.keys(read.tensors)).toEqual(['w', 'b', 'none']);
  });

  it('reads any metadata and tensors that were written', () => {
    const values = fc.array(fc.float({ noNaN: false }), { maxLength: 9 }).map((list) => Float32Array.from(list));
    const entry = values.map((all) => ({ shape: [all.length], values: all }));
    const name = fc.string().filter((text) => text !== '__metadata__');
    const file = fc.record({ metadata: fc.dictionary(name, fc.string()), tensors: fc.dictionary(name, entry) });
    fc.assert(
      fc.property(file, (content) => {
        expect(decodeTensors(encodeTensors(content))).toEqual(content);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('accepts a header without metadata, and tensors described in another order than their data', () => {
    const { tensors } = decodeTensors(fileOf({ late: tensor(8, 12), early: tensor(0, 8) }, 12));
    expect(tensors.late!.values).toEqual(new Float32Array(1));
    expect(tensors.early!.values).toEqual(new Float32Array(2));
  });

  it.each([
    ['fewer than 8 bytes', new Uint8Array(7), /only 7 bytes/],
    ['a header beyond the end', fileOf({}, 0).subarray(0, 9), /header too long/],
    ['a header that is not JSON', fileOf('{"a":', 0), /header cannot be read/],
    ['a list as header', fileOf([], 0), /header is not one/],
    ['space before the header', fileOf(' {}', 0), /header is not one/],
    ['metadata that is no text', fileOf({ __metadata__: { step: 3 } }, 0), /not a map of texts/],
    ['metadata that is a list', fileOf({ __metadata__: ['a'] }, 0), /not a map of texts/],
    ['a tensor that is null', fileOf({ w: null }, 0), /w is not described/],
    ['another type', fileOf({ w: { ...tensor(0, 4), dtype: 'F16' } }, 4), /F16, not F32/],
    ['a negative size', fileOf({ w: tensor(0, 4, [-1]) }, 4), /no shape/],
    ['half an element', fileOf({ w: tensor(0, 4, [0.5]) }, 4), /no shape/],
    ['a shape that is no list', fileOf({ w: { ...tensor(0, 4), shape: 1 } }, 4), /no shape/],
    ['three offsets', fileOf({ w: { ...tensor(0, 4), data_offsets: [0, 4, 8] } }, 4), /no shape/],
    ['a negative offset', fileOf({ w: tensor(-4, 0) }, 4), /no shape/],
    ['an end before the begin', fileOf({ w: tensor(4, 0, [1]) }, 4), /-4 bytes/],
    ['fewer bytes than its shape', fileOf({ w: tensor(0, 4, [2]) }, 4), /4 bytes for shape \[2\]/],
    ['sizes whose product overflows', fileOf({ w: tensor(0, 4, [2 ** 52, 2 ** 52]) }, 4), /for shape/],
    ['an end beyond the file', fileOf({ w: tensor(0, 8) }, 4), /w is misplaced/],
    ['an overlap', fileOf({ v: tensor(0, 8), w: tensor(4, 12) }, 12), /w is misplaced/],
    ['the same place twice', fileOf({ v: tensor(0, 4), w: tensor(0, 4) }, 4), /w is misplaced/],
    ['a gap', fileOf({ v: tensor(0, 4), w: tensor(8, 12) }, 12), /w is misplaced/],
    ['bytes after the last tensor', fileOf({ v: tensor(0, 4) }, 8), /belong to no tensor/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeTensors(bytes)).toThrow(DamagedTensors);
    expect(() => decodeTensors(bytes)).toThrow(message);
  });
});
