import type { WeightMatrix } from './weight-matrix.js';

/** The weight of com.microsoft::MatMulNBits: [N, blocks a row, bytes a block], low bits first. */
export interface NBitsWeight {
  /** N and K of the operator: the product is [.., K] · [K, N]. */
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly blockSize: number;
  /** Packed values of some rows. */
  readPacked(first: number, count: number): Uint8Array;
  /** [N, blocks a row] */
  readonly scales: Float32Array;
  /** Packed like the values, each row padded to a byte; or as numbers; or absent: half the range. */
  readonly zeroPoints: { packed: Uint8Array } | { values: Float32Array } | undefined;
}

/** The matrix [N, K] that MatMulNBits multiplies with, `(q − zeroPoint) · scale`. */
export function dequantizeNBits(weight: NBitsWeight): WeightMatrix {
  const { rows, columns, bits, blockSize } = weight;
  const blocks = Math.ceil(columns / blockSize);
  const rowBytes = (blocks * blockSize * bits) / 8;
  const readRows = (first: number, count: number) => {
    const packed = weight.readPacked(first, count);
    const values = new Float32Array(count * columns);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < columns; column++) {
        const block = Math.floor(column / blockSize);
        const quantised = unpack(packed, row * rowBytes * 8 + column * bits, bits);
        const zeroPoint = zeroPointOf(weight, first + row, block, blocks);
        values[row * columns + column] = (quantised - zeroPoint) * weight.scales[(first + row) * blocks + block]!;
      }
    }
    return values;
  };
  return { rows, columns, readRows };
}

function zeroPointOf(weight: NBitsWeight, row: number, block: number, blocks: number): number {
  const { zeroPoints, bits } = weight;
  if (zeroPoints === undefined) return 2 ** (bits - 1);
  if ('values' in zeroPoints) return zeroPoints.values[row * blocks + block]!;
  return unpack(zeroPoints.packed, row * Math.ceil((blocks * bits) / 8) * 8 + block * bits, bits);
}

function unpack(bytes: Uint8Array, bit: number, bits: number): number {
  return (bytes[bit >>> 3]! >>> (bit & 7)) & ((1 << bits) - 1);
}
