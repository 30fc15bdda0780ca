import { isUtf8 } from 'node:buffer';
import { RlpromptError } from '../../errors.js';
import { guessEncoding } from './guess-encoding.js';
import { whereAt } from './text-position.js';
import { decodeWindows1252, isWindows1252Name } from './windows-1252.js';

export interface DecodedText {
  /** UTF-8, without a byte order mark. */
  readonly bytes: Buffer;
  /** What was guessed, where something was. */
  readonly warning?: string;
}

/** Whether `decodeText` takes the name: `auto`, or a name of the WHATWG Encoding Standard. */
export function isEncodingName(name: string): boolean {
  if (name === 'auto' || isWindows1252Name(name)) return true;
  try {
    new TextDecoder(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks a file's encoding and returns its text as UTF-8. A byte order mark decides whatever the name says. Only `auto`
 * guesses, and says so; any other name refuses bytes that are not in it.
 */
export function decodeText(bytes: Buffer, file: string, encoding = 'utf-8'): DecodedText {
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return { bytes: decodeAs(bytes, file, marked) };
  if (encoding !== 'auto' || isUtf8(bytes)) return { bytes: decodeAs(bytes, file, encoding) };
  const guessed = guessEncoding(bytes);
  if (guessed === undefined) throw notUtf8(bytes, file);
  const warning = `${file} is not UTF-8: read as ${guessed} (--encoding NAME reads it as another)`;
  return { bytes: decodeAs(bytes, file, guessed), warning };
}

function markedEncoding(bytes: Buffer): string | undefined {
  const mark = bytes.subarray(0, 3).toString('hex');
  if (mark.startsWith('fffe')) return 'utf-16le';
  if (mark.startsWith('feff')) return 'utf-16be';
  return mark === 'efbbbf' ? 'utf-8' : undefined;
}

function decodeAs(bytes: Buffer, file: string, encoding: string): Buffer {
  if (isWindows1252Name(encoding)) return Buffer.from(decodeWindows1252(bytes), 'utf8');
  const name = encoding === 'auto' ? 'utf-8' : new TextDecoder(encoding).encoding;
  if (name === 'utf-8') {
    if (!isUtf8(bytes)) throw notUtf8(bytes, file);
    return bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? bytes.subarray(3) : bytes;
  }
  try {
    return Buffer.from(new TextDecoder(name, { fatal: true }).decode(bytes), 'utf8');
  } catch {
    throw encodingError(`the file is not ${name}`, file, 'name its encoding with --encoding, or save it as UTF-8');
  }
}

function notUtf8(bytes: Buffer, file: string): RlpromptError {
  const offset = firstInvalidByte(bytes);
  const byte = bytes.toString('hex', offset, offset + 1);
  return encodingError(
    `the file is not UTF-8: byte 0x${byte} at offset ${offset}`,
    whereAt(file, bytes, offset),
    'save the file as UTF-8, or name its encoding, for instance --encoding windows-1252',
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

function encodingError(message: string, where: string, next: string): RlpromptError {
  return new RlpromptError({ code: 'E_DATA_ENCODING', exit: 'data', message, where, next });
}
