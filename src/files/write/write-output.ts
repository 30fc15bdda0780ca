import { closeSync, constants, openSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { hasErrno, nodeFileSystem, writeFully } from '../file-system.js';
import { toIoError } from '../io-error.js';
import { factsOf } from '../read/facts-of.js';
import { atomicWrite } from './atomic-write.js';
import { keptBy } from './kept-files.js';

/** Where the system keeps its devices, and a process its open files. */
const DEVICES = /^(\/dev|\/proc\/.+\/fd)$/;

/**
 * Writes a result to a file that the user named: whole or not at all. A device or a pipe, such as `/dev/stdout` or
 * `>(gzip)`, is written to and not replaced.
 *
 * @throws RlpromptError `E_IO`, `E_CANNOT_CREATE`, `E_OS_LIMIT`
 */
export function writeOutput(path: string, content: string): void {
  requirePlaceFor(path);
  if (isDevice(path)) writeThrough(path, content);
  else atomicWrite(path, content);
}

export interface PlaceOptions {
  /** Files that are read: writing over one would lose it. */
  readonly inputs?: readonly string[];
  /** What is written, such as a model, and whether a file is one: only such a file is replaced. */
  readonly kind?: { readonly name: string; readonly isOne: (path: string) => boolean };
}

/**
 * For whoever computes for long before there is anything to write.
 * @throws RlpromptError `E_CANNOT_CREATE` where no file can have this name; `E_WOULD_OVERWRITE` where a file that is there would be lost
 */
export function requirePlaceFor(path: string, { inputs = [], kind }: PlaceOptions = {}): void {
  requireName(path);
  const facts = factsOf(path);
  if (!facts?.isFile()) return;
  const isInput = inputs.some(
    (input) => factsOf(input)?.isFile() === true && realpathSync(input) === realpathSync(path),
  );
  if (isInput) throw wouldOverwrite(path, 'it is what is read');
  const owner = keptBy(path);
  if (owner !== undefined) throw wouldOverwrite(path, `the ${owner} in ${dirname(path)} needs it`);
  if (kind && facts.size > 0 && !kind.isOne(path)) throw wouldOverwrite(path, `it is there and is not a ${kind.name}`);
}

function wouldOverwrite(path: string, reason: string): RlpromptError {
  return new RlpromptError({
    code: 'E_WOULD_OVERWRITE',
    exit: 'cannotCreate',
    message: `${path} is not written over: ${reason}`,
    kept: 'no files were changed',
    next: 'name another file',
  });
}

function requireName(path: string): void {
  const isFolder = (name: string) => factsOf(name)?.isDirectory() === true;
  const folder = dirname(path);
  const hasFolder = isFolder(folder);
  if (path !== '' && hasFolder && !isFolder(path)) return;
  const reason = hasFolder ? 'it is a folder' : `there is no folder ${folder}`;
  throw new RlpromptError({
    code: 'E_CANNOT_CREATE',
    exit: 'cannotCreate',
    message: path === '' ? 'an empty name names no file' : `cannot write ${path}: ${reason}`,
    kept: 'no files were changed',
    next: 'name a file in a folder that is there',
  });
}

function writeThrough(path: string, content: string): void {
  try {
    const fd = factsOf(path)?.isFIFO() ? openPipe(path) : openSync(path, 'w');
    try {
      writeFully(nodeFileSystem, fd, Buffer.from(content));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toIoError(error, { action: 'write', path });
  }
}

/** How long a pipe may be without a reader. To open such a one waits for ever, and hears no Ctrl-C. */
const READER_MS = 2000;

function openPipe(path: string): number {
  const until = performance.now() + READER_MS;
  for (;;) {
    try {
      const reached = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        // With a reader at the other end this waits for nobody, and its writes wait until there is room.
        return openSync(path, 'w');
      } finally {
        closeSync(reached);
      }
    } catch (error) {
      if (!hasErrno(error, 'ENXIO')) throw error;
      if (performance.now() > until) throw withoutReader(path);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function withoutReader(path: string): RlpromptError {
  return new RlpromptError({
    code: 'E_CANNOT_CREATE',
    exit: 'cannotCreate',
    message: `cannot write ${path}: no process reads from this pipe`,
    kept: 'no files were changed',
    next: 'start its reader first, or name a file',
  });
}

/** A device, a pipe, a socket, or another name for one. */
export function isDevice(path: string): boolean {
  const facts = factsOf(path);
  if (facts === undefined || facts.isDirectory()) return false;
  return !facts.isFile() || DEVICES.test(realpathSync(dirname(path)));
}
