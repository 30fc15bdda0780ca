import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeBlock, readSegment, type StoredRow, segmentHeader } from '../../../src/rewards/cache/score-segment.js';

const row = (id: number, ...values: number[]): StoredRow => ({
  key: Uint32Array.of(id, 2 ** 32 - id, 7, 8),
  values: Float32Array.from(values),
});
const idsOf = (bytes: Buffer, width: number) => [...readSegment(bytes, width)].map(({ key }) => key[0]);

describe('a segment of scores', () => {
  it('is a header with the width, then blocks with a count and a checksum', () => {
    const header = segmentHeader(258);
    expect(header.toString('latin1')).toBe('RLPCACHE\x02\x01\x00\x00');
    const block = encodeBlock([row(1, 0.5), row(2, -2)], 1);
    expect(block).toHaveLength(8 + 2 * (16 + 4));
    expect(block.readUInt32LE(0)).toBe(2);
    expect(block.readUInt32LE(4)).toBe(crc32(block.subarray(8)));
    expect([8, 12, 16, 20].map((at) => block.readUInt32LE(at))).toEqual([1, 2 ** 32 - 1, 7, 8]);
    expect([block.readFloatLE(24), block.readFloatLE(44)]).toEqual([0.5, -2]);
  });

  it('gives back its rows, block by block', () => {
    const rows = [row(1, 1, 2, 3), row(2, 4, 5, 6), row(3, 7, 8, 9)];
    const bytes = Buffer.concat([segmentHeader(3), encodeBlock(rows.slice(0, 2), 3), encodeBlock(rows.slice(2), 3)]);
    expect([...readSegment(bytes, 3)]).toEqual(rows);
    expect([...readSegment(segmentHeader(3), 3)]).toEqual([]);
  });

  it('is not read where it is another’s, or of another width', () => {
    const bytes = Buffer.concat([segmentHeader(1), encodeBlock([row(1, 1)], 1)]);
    expect(idsOf(bytes, 1)).toEqual([1]);
    expect(idsOf(bytes, 2)).toEqual([]);
    const other = Buffer.from(bytes);
    other.write('RLPCACHF', 'latin1');
    expect(idsOf(other, 1)).toEqual([]);
    expect(idsOf(Buffer.alloc(0), 1)).toEqual([]);
  });

  it('ends at the first block that is not whole, whatever follows', () => {
    const blocks = [1, 2, 3].map((id) => encodeBlock([row(id, id)], 1));
    const bytes = Buffer.concat([segmentHeader(1), ...blocks]);
    const second = segmentHeader(1).length + (blocks[0]?.length ?? 0);
    for (let at = second + 4; at < second + (blocks[1]?.length ?? 0); at++) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      expect(idsOf(damaged, 1)).toEqual([1]);
    }
    for (let length = second; length < second + 28; length++) expect(idsOf(bytes.subarray(0, length), 1)).toEqual([1]);
    expect(idsOf(bytes.subarray(0, second + 28), 1)).toEqual([1, 2]);
    const longer = Buffer.from(bytes);
    longer.writeUInt32LE(1000, second);
    expect(idsOf(longer, 1)).toEqual([1]);
  });
});
