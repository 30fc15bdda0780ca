import { expect, it } from 'vitest';
import { distinctRows, gatherKv, type KvBlock, rowsOfBlock } from '../../../../src/lm/onnx/run/kv-block.js';

/** One array of two heads of one number a position, [rows, 2, positions, 1]. */
function block(rows: number, positions: number, first: number): KvBlock {
  const values = Float32Array.from({ length: rows * 2 * positions }, (_, i) => first + i);
  return { rows, positions, heads: 2, headSize: 1, arrays: [values] };
}

it('Rows of one place are one row, whichever block and however much of it', () => {
  const [a, b] = [block(2, 2, 0), block(1, 2, 10)];
  const [first, second] = rowsOfBlock(a, [0, 1]);
  const [other] = rowsOfBlock(b, [0]);
  const shorter = { block: a, row: 0, positions: 1 };
  const { distinct, places } = distinctRows([second!, first!, other!, second!, shorter, first!]);
  expect(distinct).toEqual([second, first, other, shorter]);
  expect(places).toEqual([0, 1, 2, 0, 3, 1]);
});

it('Gathered rows have zeros before them up to the common length', async () => {
  const a = block(2, 2, 1);
  const rows = [...rowsOfBlock(a, [1]), { block: a, row: 0, positions: 1 }];
  const { arrays, ...shape } = await gatherKv(rows, 3);
  expect(shape).toEqual({ rows: 2, positions: 3, heads: 2, headSize: 1 });
  expect([...arrays[0]!]).toEqual([0, 5, 6, 0, 7, 8, 0, 0, 1, 0, 0, 3]);
});
