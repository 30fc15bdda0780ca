/** From this size on it matters how a model is run. */
export const LARGE_BYTES = 64 * 1024 * 1024;

let count = 0;
const numbers = new WeakMap<object, number>();
const moved = new WeakSet<object>();

/**
 * Numbers that are written once and then fed to graphs again and again, [length]. Many of them lie in memory that the runtime's
 * thread reads too; with versions of Node whose add-ons cannot, it copies them once.
 */
export function constantFloats(length: number): Float32Array {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT;
  if (bytes < LARGE_BYTES) return new Float32Array(length);
  const floats = new Float32Array(new SharedArrayBuffer(bytes));
  numbers.set(floats, count++);
  return floats;
}

/** What an array of `constantFloats` goes by in the runtime's thread; undefined for any other. */
export function numberOfConstant(data: object): number | undefined {
  return numbers.get(data);
}

/** Memory for what the runtime's thread is fed once: the call takes it over, which leaves it empty here. */
export function feedMemory(bytes: number): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes);
  moved.add(buffer);
  return buffer;
}

/** Whether an array reaches the runtime's thread without a copy. */
export function needsNoCopy({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
  return buffer instanceof SharedArrayBuffer || moved.has(buffer);
}
