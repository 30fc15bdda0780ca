import { describe, expect, test } from 'vitest';
import { bfloatToFloat, halfBits, halfToFloat, roundToHalf } from '../../../../src/lm/onnx/graph/float16.js';

describe('half precision', () => {
  test('every number survives the way to single precision and back', () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const values = halfToFloat(bits);
    for (const bit of bits) {
      const value = values[bit]!;
      if (Number.isNaN(value)) expect(halfToFloat(Uint16Array.of(halfBits(value)))[0]).toBeNaN();
      // Both zeros are equal as numbers; their sign is kept by the bits.
      else expect(halfBits(value) & (value === 0 ? 0x7fff : 0xffff)).toBe(bit & (value === 0 ? 0x7fff : 0xffff));
    }
    expect([values[0x3c00], values[0xc000], values[0x7bff], values[0x0001], values[0x7c00]]).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      Number.POSITIVE_INFINITY,
    ]);
  });

  test('rounds to the nearest, ties to even, and overflows to infinity', () => {
    const values = Float32Array.of(2049, 2051, 65519, 65520, 2 ** -25, 3 * 2 ** -25, 0.1);
    expect([...roundToHalf(values)]).toEqual([
      2048,
      2052,
      65504,
      Number.POSITIVE_INFINITY,
      0,
      2 * 2 ** -24,
      0.0999755859375,
    ]);
  });

  test('bfloat16 is the upper half of single precision', () => {
    expect([...bfloatToFloat(Uint16Array.of(0x3f80, 0xc040, 0x7f80))]).toEqual([1, -3, Number.POSITIVE_INFINITY]);
  });
});
