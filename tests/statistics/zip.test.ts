import { expect, it } from 'vitest';
import { zip } from '../../src/statistics/zip.js';

it('walks two lists together, as far as the shorter goes', () => {
  expect([...zip(['a', 'b', 'c'], Float32Array.of(1, 2))]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...zip([], [1])]).toEqual([]);
  expect([...zip([undefined], [undefined])]).toEqual([[undefined, undefined]]);
});
