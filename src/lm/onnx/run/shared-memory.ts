/** From this size on it matters how a model is run. */
export const LARGE_BYTES = 64 * 1024 * 1024;

let count = 0;
const numbers = new WeakMap<object, number>();

/**
 * Numbers that are written once and then fed to graphs again and again, [length]. Many of them lie in memory that the runtime's
 * thread reads too, so that no call copies them.
 */
export function constantFloats(length: number): Float32Array {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT;
  if (bytes < LARGE_BYTES) return new Float32Array(length);
  const floats = new Float32Array(new SharedArrayBuffer(bytes));
  numbers.set(floats, count++);
  return floats;
}

/** What an array of `constantFloats` goes by; undefined for any other. */
export function numberOfConstant(data: object): number | undefined {
  return numbers.get(data);
}

/** Whether both threads read an array where it lies. */
export function isShared(data: { readonly buffer: ArrayBufferLike }): boolean {
  return data.buffer instanceof SharedArrayBuffer;
}
