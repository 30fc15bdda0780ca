import { expect, it } from 'vitest';
import { joinRows } from '../../src/statistics/join-rows.js';

it('puts arrays of any length one after another', () => {
  expect([...joinRows([Float32Array.of(1, 2), Float32Array.of(), Float32Array.of(3)])]).toEqual([1, 2, 3]);
  expect(joinRows([])).toHaveLength(0);
});
