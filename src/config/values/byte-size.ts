const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Form of a size in bytes as users write it: `800M`, `2GiB`, `1.5 GB`, `1073741824`; K, M, G, T are powers of 1024. */
export const BYTE_SIZE_PATTERN = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i;

/** Bytes of a size that matches {@link BYTE_SIZE_PATTERN}; undefined otherwise. */
export function parseByteSize(text: string): number | undefined {
  const match = BYTE_SIZE_PATTERN.exec(text);
  if (!match) return undefined;
  const [, count, unit = ''] = match;
  return Math.floor(Number(count) * (UNITS[unit.toLowerCase()] ?? 1));
}
