/*
 * 64-bit integers as pairs of 32-bit ones, the lower first, as on every processor that the runtime is built for: a bigint for each would
 * take longer than the call that they are for. Only values from 0 to 2^31 - 1.
 */

/** @param length how many integers, each to be written at twice its place */
export function int64Halves(length: number): { readonly halves: Int32Array; readonly values: BigInt64Array } {
  const halves = new Int32Array(2 * length);
  return { halves, values: new BigInt64Array(halves.buffer) };
}

/** What 64-bit integers hold. */
export function int64Numbers({ buffer, byteOffset, length }: BigInt64Array): Int32Array {
  const halves = new Int32Array(buffer, byteOffset, 2 * length);
  const numbers = new Int32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = halves[2 * i]!;
  return numbers;
}
