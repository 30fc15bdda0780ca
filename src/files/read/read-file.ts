import { toIoError } from '../io-error.js';
import { readOrdinary } from '../read-ordinary.js';

/**
 * The bytes of a file that must be there.
 *
 * @throws RlpromptError that names the file and what failed: `E_FILE_NOT_FOUND`, `E_NO_PERMISSION`, `E_FILE_KIND`,
 *   `E_FILE_TOO_LARGE`, `E_OS_LIMIT` or `E_IO`
 */
export function readBytes(path: string, maxBytes?: number): Uint8Array {
  try {
    return readOrdinary(path, maxBytes);
  } catch (error) {
    throw toIoError(error, { action: 'read', path });
  }
}

/** The same as UTF-8 text, without the mark that some editors put before it. @throws RlpromptError as `readBytes` */
export function readText(path: string, maxBytes?: number): string {
  return utf8Text(readBytes(path, maxBytes));
}

/** Bytes as UTF-8 text; a byte order mark at its beginning is no part of it. */
export function utf8Text(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
