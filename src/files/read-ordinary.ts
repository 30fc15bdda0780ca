import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { RlpromptError } from '../errors.js';

/** Node holds no more in one buffer. */
const LARGEST = 2 ** 31 - 1;
const CHUNK_BYTES = 1 << 16;

/**
 * Reads a file whole, and only if it is an ordinary one: a device may never end, and a named pipe may never begin. The
 * kind is asked of the opened file, so nothing can take its place in between.
 *
 * @throws RlpromptError `E_FILE_KIND`, `E_FILE_TOO_LARGE`; the system's own error where it cannot be opened or read
 */
export function readOrdinary(path: string, maxBytes = LARGEST): Buffer {
  // A named pipe without a writer would hold a plain open for ever.
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(fd);
    checkKind(facts, path);
    if (facts.size > maxBytes) throw tooLarge(path, maxBytes);
    return readUpTo(fd, facts.size, maxBytes, path);
  } finally {
    closeSync(fd);
  }
}

/** For whoever streams a file. @throws RlpromptError `E_FILE_KIND`; the system's own error where it is not there */
export function requireOrdinary(path: string): void {
  checkKind(statSync(path), path);
}

/** For whoever replaces a file. @throws RlpromptError `E_FILE_KIND` where a device, a pipe or a socket is in its place */
export function refuseDevice(path: string): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts && !facts.isFile() && !facts.isSymbolicLink() && !facts.isDirectory()) throw notOrdinary(path);
}

function checkKind(facts: Stats, path: string): void {
  if (facts.isDirectory()) throw Object.assign(new Error(`EISDIR: ${path} is a folder`), { code: 'EISDIR' });
  if (facts.isFile()) return;
  throw notOrdinary(path);
}

function notOrdinary(path: string): RlpromptError {
  return refused('E_FILE_KIND', 'a device, a pipe or a socket; an ordinary file was expected', path);
}

/** For whoever may not follow a link. */
export function linkError(path: string): RlpromptError {
  return refused('E_FILE_KIND', 'a link, and nothing is written through one here', path);
}

/** The text of an ordinary file, as UTF-8. */
export function readOrdinaryText(path: string, maxBytes?: number): string {
  return readOrdinary(path, maxBytes).toString('utf8');
}

/** A file may grow while it is read, and those of /proc say that they are empty. */
function readUpTo(fd: number, size: number, maxBytes: number, path: string): Buffer {
  const parts: Buffer[] = [];
  for (let total = 0; ; ) {
    const part = Buffer.allocUnsafe(Math.max(total === 0 ? size : 0, CHUNK_BYTES));
    const count = readSync(fd, part);
    if (count === 0) {
      const [first, ...others] = parts;
      return first && others.length === 0 ? first : Buffer.concat(parts);
    }
    total += count;
    if (total > maxBytes) throw tooLarge(path, maxBytes);
    parts.push(part.subarray(0, count));
  }
}

function tooLarge(path: string, maxBytes: number): RlpromptError {
  return refused('E_FILE_TOO_LARGE', `larger than ${maxBytes} bytes, which is more than such a file has`, path);
}

function refused(code: 'E_FILE_KIND' | 'E_FILE_TOO_LARGE', message: string, where: string): RlpromptError {
  return new RlpromptError({
    code,
    exit: 'data',
    message,
    where,
    kept: 'the file is unchanged',
    next: 'put the file itself in its place',
  });
}
