import { expect, it } from 'vitest';
import { int64Halves, int64Numbers } from '../../../../src/lm/onnx/run/int64.js';
import { joinedPositions } from '../../../../src/lm/onnx/run/joined-positions.js';

it('each row takes its past, head by head, and then its own positions', () => {
  const places = joinedPositions({ pastRows: [1, 0, 1], pasts: 2, before: 2, length: 1, heads: 2 });
  // Pasts take 0 to 7: head 0 of past 0 is at 0 and 1, its head 1 at 2 and 3. New positions follow, one for each row and head.
  expect([...places]).toEqual([4, 5, 8, 6, 7, 9, 0, 1, 10, 2, 3, 11, 4, 5, 12, 6, 7, 13]);
});

it('rows without a past take their own positions only', () => {
  expect([...joinedPositions({ pastRows: [0, 1], pasts: 0, before: 0, length: 2, heads: 1 })]).toEqual([0, 1, 2, 3]);
});

it('64-bit integers are written and read by halves', () => {
  const { halves, values } = int64Halves(3);
  [7, 0, 2 ** 31 - 1].forEach((value, i) => {
    halves[2 * i] = value;
  });
  expect([...values]).toEqual([7n, 0n, 2n ** 31n - 1n]);
  expect([...int64Numbers(values.subarray(1))]).toEqual([0, 2 ** 31 - 1]);
});
