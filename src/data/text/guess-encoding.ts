import { UNUSED_IN_WINDOWS_1252 } from './windows-1252.js';

/** Enough of a file to tell its encoding. */
const SAMPLE_BYTES = 1024 * 1024;

/**
 * The encoding of a file that is not UTF-8 and has no byte order mark: UTF-16 where every other byte is mostly NUL,
 * Windows-1252 where no byte speaks against it. A file that is partly UTF-8 is damaged rather than in another encoding,
 * so for it, as for binary files, there is no guess.
 */
export function guessEncoding(bytes: Buffer): 'utf-16le' | 'utf-16be' | 'windows-1252' | undefined {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const nulls = [0, 0];
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) nulls[at % 2]!++;
  const [even = 0, odd = 0] = nulls;
  if (even + odd > 0) {
    const enough = sample.length / 4;
    if (odd > enough && even < odd / 10) return 'utf-16le';
    return even > enough && odd < even / 10 ? 'utf-16be' : undefined;
  }
  const looksRight = !sample.some((byte) => UNUSED_IN_WINDOWS_1252.has(byte));
  return looksRight && !holdsUtf8(sample) ? 'windows-1252' : undefined;
}

/** Whether a character of several bytes stands in the bytes as UTF-8 writes it. */
function holdsUtf8(bytes: Buffer): boolean {
  const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= 0xc2 && byte <= 0xdf && isContinuation(bytes[at + 1])) return true;
    if (byte >= 0xe0 && byte <= 0xef && isContinuation(bytes[at + 1]) && isContinuation(bytes[at + 2])) return true;
  }
  return false;
}
