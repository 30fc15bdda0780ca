import { isUtf8 } from 'node:buffer';
import { RlpromptError } from '../errors.js';
import { whereAt } from './text-position.js';

export type DataEncoding = 'utf-8' | 'latin1';

/**
 * Checks a file's encoding and returns its text as UTF-8 bytes without a byte-order mark. Nothing is guessed:
 * bytes that are not UTF-8 are refused unless `latin1` (read as Windows-1252, its superset) is asked for.
 */
export function decodeText(bytes: Buffer, file: string, encoding: DataEncoding = 'utf-8'): Buffer {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    throw encodingError('the file is UTF-16, UTF-8 is expected', file, 'save the file as UTF-8');
  }
  if (encoding === 'latin1') return Buffer.from(decodeLatin1(bytes), 'utf8');
  if (!isUtf8(bytes)) throw notUtf8(bytes, file);
  const hasMark = bytes.subarray(0, 3).toString('hex') === 'efbbbf';
  return hasMark ? bytes.subarray(3) : bytes;
}

function notUtf8(bytes: Buffer, file: string): RlpromptError {
  const offset = firstInvalidByte(bytes);
  const byte = bytes[offset]!.toString(16).padStart(2, '0');
  return encodingError(
    `the file is not UTF-8: byte 0x${byte} at offset ${offset}`,
    whereAt(file, bytes, offset),
    'save the file as UTF-8, or add --encoding latin1',
  );
}

/** Offset at which the longest valid UTF-8 prefix ends. */
function firstInvalidByte(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 8) {
    const end = validEnd(bytes, valid, (valid + invalid) >> 1);
    if (end > valid) valid = end;
    else invalid = (valid + invalid) >> 1;
  }
  return validEnd(bytes, valid, invalid);
}

/** The last end at or before `to` up to which `bytes[from, to)` is UTF-8; a cut inside a character costs up to 3 bytes. */
function validEnd(bytes: Buffer, from: number, to: number): number {
  const reach = to - from > 8 ? 3 : to - from;
  for (let end = to; end >= to - reach; end--) if (isUtf8(bytes.subarray(from, end))) return end;
  return from;
}

/** What Windows-1252 has at 0x80 … 0x9f; the five bytes it leaves open stay control characters. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** TextDecoder is of no use here: several releases of Node read "latin1" and "windows-1252" as plain ISO 8859-1. */
function decodeLatin1(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]!);
}

function encodingError(message: string, where: string, next: string): RlpromptError {
  return new RlpromptError({ code: 'E_DATA_ENCODING', exit: 'data', message, where, next });
}
