const SIZE = 64;
const DIGITS = 1e4;

/**
 * What inputs are about, in few numbers: each word falls, by its hash, into one of 64 places with a sign; a text's counts
 * are brought to length 1, and so is the mean over the texts. [64]
 */
export function wordFeatures(texts: readonly string[]): number[] {
  const sum = new Float64Array(SIZE);
  for (const text of texts) addTo(sum, normalised(countWords(text)));
  return Array.from(normalised(sum), (value) => Math.round(value * DIGITS) / DIGITS);
}

function countWords(text: string): Float64Array {
  const counts = new Float64Array(SIZE);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const hash = hashOf(word);
    counts[(hash >>> 1) % SIZE]! += hash & 1 ? 1 : -1;
  }
  return counts;
}

/** FNV-1a over UTF-16 units. */
function hashOf(word: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01_00_01_93);
  // Its low bits alone are weak: mixed once more.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85_eb_ca_6b) >>> 0;
}

function addTo(sum: Float64Array, values: Float64Array): void {
  values.forEach((value, i) => {
    sum[i]! += value;
  });
}

function normalised(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? values : values.map((value) => value / length);
}
