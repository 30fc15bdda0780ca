/** float32 values, or the bits of float16 ones. */
export type CacheArray = Float32Array | Uint16Array;

/**
 * Keys and values of some rows: one array for every cache input of the graph, in its order, each
 * [rows, heads, positions, headSize].
 */
export interface KvBlock {
  readonly rows: number;
  readonly positions: number;
  readonly arrays: readonly CacheArray[];
}

export interface KvShape {
  readonly heads: number;
  readonly headSize: number;
}

/** Where a row of a new block comes from: a row of another block, of which the first `positions` are taken. */
export interface KvRow {
  readonly block: KvBlock;
  readonly row: number;
  readonly positions: number;
}

/** Arrays that are used again from call to call, so that tiling does not allocate hundreds of megabytes a step. */
export class KvScratch {
  readonly #buffers: ArrayBuffer[] = [];

  array(index: number, like: CacheArray, length: number): CacheArray {
    const bytes = length * like.BYTES_PER_ELEMENT;
    let buffer = this.#buffers[index];
    if (!buffer || buffer.byteLength < bytes) {
      buffer = new ArrayBuffer(bytes);
      this.#buffers[index] = buffer;
    }
    return like instanceof Float32Array ? new Float32Array(buffer, 0, length) : new Uint16Array(buffer, 0, length);
  }
}

/**
 * Puts rows together into one block of `positions` positions. Shorter rows stand at the end of their space and have
 * zeros before: the caller masks those. With `scratch` the arrays live until the next call with it.
 */
export function gatherKv(rows: readonly KvRow[], positions: number, shape: KvShape, scratch?: KvScratch): KvBlock {
  const { heads, headSize } = shape;
  const rowLength = heads * positions * headSize;
  const before = sameBefore(rows);
  const arrays = rows[0]!.block.arrays.map((like, index) => {
    const length = rows.length * rowLength;
    const array = scratch
      ? scratch.array(index, like, length)
      : like instanceof Float32Array
        ? new Float32Array(length)
        : new Uint16Array(length);
    rows.forEach((row, i) => {
      const same = before[i]!;
      if (same < 0) copyRow(array, i * rowLength, row, index, positions, shape);
      else array.copyWithin(i * rowLength, same * rowLength, (same + 1) * rowLength);
    });
    return array;
  });
  return { rows: rows.length, positions, arrays };
}

/** For each row the first row that comes from the same place, or -1: one prefix stands in many rows. */
function sameBefore(rows: readonly KvRow[]): number[] {
  const seen = new Map<KvBlock, Map<string, number>>();
  return rows.map(({ block, row, positions }, i) => {
    const places = seen.get(block) ?? new Map<string, number>();
    seen.set(block, places);
    const place = `${row} ${positions}`;
    const first = places.get(place);
    if (first === undefined) places.set(place, i);
    return first ?? -1;
  });
}

function copyRow(
  into: CacheArray,
  start: number,
  { block, row, positions }: KvRow,
  index: number,
  space: number,
  { heads, headSize }: KvShape,
): void {
  const from = block.arrays[index]!;
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
