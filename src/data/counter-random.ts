/**
 * A 32-bit random number that is a pure function of seed, stream and counter, so that what is drawn for one purpose
 * never depends on how much was drawn for another. The mixing step is the finaliser of MurmurHash3 (Appleby, 2011).
 */
export function counterRandom(seed: number, stream: number, counter: number): number {
  let state = mix((seed >>> 0) ^ 0x9e3779b9);
  state = mix(state ^ (Math.floor(seed / 2 ** 32) >>> 0) ^ 0x85ebca6b);
  state = mix(state ^ (stream >>> 0) ^ 0xc2b2ae35);
  return mix(state ^ (counter >>> 0) ^ 0x27d4eb2f);
}

/** The numbers 0 … count − 1 in an order decided by seed and stream. */
export function shuffledIndices(count: number, seed: number, stream: number): number[] {
  const keys = Array.from({ length: count }, (_, index) => counterRandom(seed, stream, index));
  return keys.map((_, index) => index).sort((a, b) => keys[a]! - keys[b]! || a - b);
}

function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
