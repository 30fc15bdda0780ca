import { describe, expect, it } from 'vitest';
import { pick } from '../../src/statistics/pick.js';

describe('pick', () => {
  it('takes elements in the order of the places, as often as they are named', () => {
    expect(pick(['a', 'b', 'c'], [2, 0, 2])).toEqual(['c', 'a', 'c']);
    expect(pick(Float32Array.of(0.5, 2), [1])).toEqual([2]);
    expect(pick([undefined], [0])).toEqual([undefined]);
  });

  it.each([-1, 2, 0.5])('refuses place %s of two elements', (place) => {
    expect(() => pick(['a', 'b'], [place])).toThrow(`a list of 2 has no element ${place}`);
  });
});
