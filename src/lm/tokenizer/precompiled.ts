/** A part of a text, and what is put in its place; undefined where it stays. */
export interface Replacement {
  readonly part: string;
  readonly made: string | undefined;
}

/** Sentencepiece's table of replacements. */
export interface Precompiled {
  normalize(text: string): string;
  replacements(text: string): Iterable<Replacement>;
}

/**
 * The size of a double-array trie, the trie, then the replacements, each ended by a zero byte. A cluster of at most five
 * bytes is looked up whole, otherwise each of its characters.
 *
 * @param charsmap in base64
 */
export function readPrecompiled(charsmap: string): Precompiled {
  const bytes = Buffer.from(charsmap, 'base64');
  if (bytes.length < 4) return { normalize: (text) => text, replacements: (part) => [{ part, made: undefined }] };
  const trieBytes = bytes.readUInt32LE(0);
  const units = new Uint32Array(trieBytes / 4);
  for (let i = 0; i < units.length; i++) units[i] = bytes.readUInt32LE(4 + 4 * i);
  const table = bytes.subarray(4 + trieBytes);
  const known = new Map<string, string | undefined>();
  const replacementOf = (part: string) => {
    if (known.has(part)) return known.get(part);
    const found = firstPrefix(units, Buffer.from(part, 'utf8'));
    const text = found === undefined ? undefined : readReplacement(table, found);
    if (known.size < 10_000) known.set(part, text);
    return text;
  };
  const keepsAscii = [...ASCII].every((character) => replacementOf(character) === undefined);
  function* replacements(text: string): Iterable<Replacement> {
    for (const { segment } of clusters.segment(text)) {
      const made = Buffer.byteLength(segment) < 6 ? replacementOf(segment) : undefined;
      if (made !== undefined) yield { part: segment, made };
      else for (const part of segment) yield { part, made: replacementOf(part) };
    }
  }
  const normalize = (text: string) => {
    if (keepsAscii && /^[ -~]*$/.test(text)) return text;
    let result = '';
    for (const { part, made } of replacements(text)) result += made ?? part;
    return result;
  };
  return { normalize, replacements };
}

const ASCII = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i));
const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

function readReplacement(replacements: Buffer, start: number): string {
  const end = replacements.indexOf(0, start);
  return replacements.toString('utf8', start, end < 0 ? replacements.length : end);
}

/** The value of the shortest key of the trie that the bytes begin with. */
function firstPrefix(units: Uint32Array, key: Uint8Array): number | undefined {
  let node = 0;
  let unit = units[node] ?? 0;
  node ^= offsetOf(unit);
  for (const byte of key) {
    if (byte === 0) return undefined;
    node ^= byte;
    unit = units[node] ?? 0;
    if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
    node ^= offsetOf(unit);
    if (((unit >>> 8) & 1) === 1) return (units[node] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
