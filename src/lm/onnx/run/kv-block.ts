import { giveWay } from '../../../give-way.js';
import { distinct } from '../../../statistics/distinct.js';
import { zip } from '../../../statistics/zip.js';

/** float32 values, or the bits of float16 ones. */
export type CacheArray = Float32Array | Uint16Array;

/**
 * Keys and values of some rows: one array for every cache input of the graph, in its order, each
 * [rows, heads, positions, headSize].
 */
export interface KvBlock {
  readonly rows: number;
  readonly positions: number;
  readonly heads: number;
  readonly headSize: number;
  readonly arrays: readonly CacheArray[];
}

/** Where a row of a new block comes from: a row of another block, of which the first `positions` are taken. */
export interface KvRow {
  readonly block: KvBlock;
  readonly row: number;
  readonly positions: number;
}

/** Rows of one block, as they are. */
export function rowsOfBlock(block: KvBlock, rows: Iterable<number>): KvRow[] {
  return Array.from(rows, (row) => ({ block, row, positions: block.positions }));
}

/**
 * Arrays that are used again from call to call, so that tiling does not allocate hundreds of megabytes per step. Those that a call
 * took over are made again.
 */
export class KvScratch {
  readonly #buffers: ArrayBuffer[] = [];
  readonly #allocate: (bytes: number) => ArrayBuffer;

  constructor(allocate: (bytes: number) => ArrayBuffer) {
    this.#allocate = allocate;
  }

  array(index: number, like: CacheArray, length: number): CacheArray {
    const bytes = length * like.BYTES_PER_ELEMENT;
    let buffer = this.#buffers[index];
    if (!buffer || buffer.byteLength < bytes) {
      buffer = this.#allocate(bytes);
      this.#buffers[index] = buffer;
    }
    return like instanceof Float32Array ? new Float32Array(buffer, 0, length) : new Uint16Array(buffer, 0, length);
  }
}

/**
 * Puts rows together into one block of `positions` positions. Shorter rows stand at the end of their space and have
 * zeros before: the caller masks those. With `scratch` the arrays live until the next call with it, or until a graph is fed with them.
 *
 * @param rows of one model, at least one
 */
export async function gatherKv(rows: readonly KvRow[], positions: number, scratch?: KvScratch): Promise<KvBlock> {
  const [first] = rows;
  if (!first) throw new RangeError('no rows to gather');
  const { heads, headSize } = first.block;
  const rowLength = heads * positions * headSize;
  const length = rows.length * rowLength;
  const arrays: CacheArray[] = [];
  for (const [index, like] of first.block.arrays.entries()) {
    // Hundreds of megabytes in all, a few in each.
    await giveWay();
    const array = scratch
      ? scratch.array(index, like, length)
      : like instanceof Float32Array
        ? new Float32Array(length)
        : new Uint16Array(length);
    for (const [i, row] of rows.entries()) copyRow(array, i * rowLength, row, index, positions);
    arrays.push(array);
  }
  return { rows: rows.length, positions, heads, headSize, arrays };
}

/** The rows that differ, and for each row its place among them: one prefix stands in many rows. */
export function distinctRows(rows: readonly KvRow[]): { distinct: KvRow[]; places: number[] } {
  const blocks = distinct(rows.map(({ block }) => block)).places;
  const keys = rows.map(({ row, positions }, i) => `${blocks[i]} ${row} ${positions}`);
  return { distinct: [...new Map(zip(keys, rows)).values()], places: distinct(keys).places };
}

function copyRow(
  into: CacheArray,
  start: number,
  { block, row, positions }: KvRow,
  index: number,
  space: number,
): void {
  const { heads, headSize } = block;
  const from = block.arrays[index];
  if (!from) throw new RangeError('the rows come from different models');
  const sourceHead = block.positions * headSize;
  const sourceRow = row * heads * sourceHead;
  if (positions === space && positions === block.positions) {
    into.set(from.subarray(sourceRow, sourceRow + heads * sourceHead), start);
    return;
  }
  const padding = (space - positions) * headSize;
  for (let head = 0; head < heads; head++) {
    const offset = start + head * space * headSize;
    const source = sourceRow + head * sourceHead;
    if (padding > 0) into.fill(0, offset, offset + padding);
    into.set(from.subarray(source, source + positions * headSize), offset + padding);
  }
}

/** Bytes that a block's arrays take. */
export function kvBytes(block: KvBlock): number {
  return block.arrays.reduce((sum, array) => sum + array.byteLength, 0);
}
