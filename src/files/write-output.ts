import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { atomicWrite } from './atomic-write.js';
import { nodeFileSystem, writeFully } from './file-system.js';
import { toIoError } from './io-error.js';

/** Where the system keeps its devices, and a process its open files. */
const DEVICES = /^(\/dev|\/proc\/.+\/fd)$/;

/**
 * Writes a result to a file that the user named: whole or not at all. A device or a pipe, such as `/dev/stdout` or
 * `>(gzip)`, is written to and not replaced.
 *
 * @throws RlpromptError `E_IO`, `E_CANNOT_CREATE`, `E_OS_LIMIT`
 */
export function writeOutput(path: string, content: string): void {
  if (isDevice(path)) writeThrough(path, content);
  else atomicWrite(path, content);
}

function writeThrough(path: string, content: string): void {
  try {
    const fd = openSync(path, 'w');
    try {
      writeFully(nodeFileSystem, fd, Buffer.from(content));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toIoError(error, { action: 'write', path });
  }
}

/** A device, a pipe, a socket, or another name for one. */
export function isDevice(path: string): boolean {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined || facts.isDirectory()) return false;
  return !facts.isFile() || DEVICES.test(realpathSync(dirname(path)));
}
