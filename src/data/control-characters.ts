import { RlpromptError } from '../errors.js';
import { groupDigits } from '../group-digits.js';
import { listLines } from './row-faults.js';

/** Offset of the first control character other than tab and line ends; -1 when there is none. */
export function findControlByte(bytes: Buffer): number {
  for (let offset = 0; offset < bytes.length; offset++) {
    const byte = bytes[offset]!;
    if (byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0d : byte === 0x7f) return offset;
  }
  return -1;
}

/**
 * Tells of a control character in the data, which most often means that the file is not what it seems to be.
 * @param lines of the rows that hold one
 */
export function controlCharacterError(code: number, where: string, lines: readonly number[] = []): RlpromptError {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return new RlpromptError({
    code: 'E_DATA_CONTROL',
    exit: 'data',
    message: `control character ${name}${code === 0 ? ' (NUL; is the file UTF-16 or binary?)' : ''} in the data${
      lines.length > 1 ? `; ${groupDigits(lines.length)} rows hold one: ${listLines(lines)}` : ''
    }`,
    where,
    next: 'clean the file, or add --allow-control',
  });
}
