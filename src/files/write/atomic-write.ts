import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { bytesOf, type FileSystem, nodeFileSystem, writeFully } from '../file-system.js';
import { toIoError } from '../io-error.js';

/**
 * Puts a file in place whole or not at all: whatever happens, a reader finds the old bytes or the new ones. A link
 * at `path` is replaced, not followed.
 *
 * @throws RlpromptError `E_IO`, `E_CANNOT_CREATE` or `E_OS_LIMIT`; the old file is then untouched, unless only the
 *   last step, making the rename durable, has failed
 */
export function atomicWrite(path: string, content: ArrayBufferView | string, fs: FileSystem = nodeFileSystem): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : bytesOf(content);
  try {
    const temporary = writeBeside(path, bytes, fs);
    try {
      fs.rename(temporary, path);
    } catch (error) {
      quietly(() => fs.remove(temporary));
      throw error;
    }
    fs.syncFolder(dirname(path));
  } catch (error) {
    throw toIoError(error, { action: 'write', path, kept: 'the file as it was before' });
  }
}

/** A complete file of its own name in the folder of `path`, on the disk; the caller renames or removes it. */
export function writeBeside(path: string, bytes: Uint8Array, fs: FileSystem): string {
  try {
    return writeTemporary(path, bytes, fs);
  } catch (error) {
    // After a failed fsync the kernel may call the lost pages clean, so the same file cannot be trusted: one new try.
    if (!(error instanceof FailedSync)) throw error;
    try {
      return writeTemporary(path, bytes, fs);
    } catch (again) {
      throw again instanceof FailedSync ? again.cause : again;
    }
  }
}

class FailedSync extends Error {}

function writeTemporary(path: string, bytes: Uint8Array, fs: FileSystem): string {
  const name = `.${basename(path).slice(0, 100)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(path), name);
  const fd = fs.open(temporary, 'wx');
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
    fs.close(fd);
  };
  try {
    writeFully(fs, fd, bytes);
    syncFile(fd, fs);
    close();
  } catch (error) {
    if (isOpen) quietly(close);
    quietly(() => fs.remove(temporary));
    throw error;
  }
  return temporary;
}

function syncFile(fd: number, fs: FileSystem): void {
  try {
    fs.sync(fd);
  } catch (error) {
    throw new FailedSync('fsync failed', { cause: error });
  }
}

/** For tidying up after an error: the first error is the one to tell of, and the next start tidies again. */
export function quietly(tidy: () => void): void {
  try {
    tidy();
  } catch {}
}

const TEMPORARY_NAME = /^\..*\.(\d+)-[0-9a-f]{12}\.tmp$/;

/** Removes what processes that are gone have left half-written in a folder. */
export function removeDeadTemporaries(folder: string, fs: FileSystem = nodeFileSystem): void {
  for (const name of fs.list(folder)) {
    const pid = Number(TEMPORARY_NAME.exec(name)?.[1]);
    if (pid > 0 && (pid === process.pid || !isRunning(pid))) quietly(() => fs.remove(join(folder, name)));
  }
}

/** Whether a process of that number exists, ours or not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
