import * as nodeFs from 'node:fs';
import { linkError, readOrdinary, refuseDevice } from './read-ordinary.js';

/**
 * The few file operations a run's storage is made of, all synchronous: what returned has reached the kernel and so
 * outlives the process. Tests pass one that fails, or kills the process, at an exact operation.
 */
export interface FileSystem {
  /** `wx` creates, `a` appends. Neither follows a link: a run folder from elsewhere could name any file of the user. */
  open(path: string, flags: 'wx' | 'a'): number;
  /** Bytes written, possibly fewer than given. */
  write(fd: number, bytes: Uint8Array): number;
  sync(fd: number): void;
  truncate(fd: number, length: number): void;
  close(fd: number): void;
  /** Of an ordinary file; devices and pipes are refused. */
  read(path: string): Uint8Array;
  /** Onto an ordinary file or nothing; a device or a pipe is refused, never replaced. */
  rename(from: string, to: string): void;
  /** A second name for a file; fails where `to` exists. */
  link(from: string, to: string): void;
  remove(path: string): void;
  makeFolder(path: string): void;
  list(folder: string): string[];
  /** Makes creations, renames and removals in the folder last through a power cut. */
  syncFolder(path: string): void;
}

const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = nodeFs.constants;
/** Windows has no such flag, and links there need a right of their own. */
const APPEND = O_APPEND | O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0);

function openOrdinary(path: string, flags: number | 'wx'): number {
  try {
    return nodeFs.openSync(path, flags);
  } catch (error) {
    throw hasErrno(error, 'ELOOP') ? linkError(path) : error;
  }
}

export const nodeFileSystem: FileSystem = {
  open: (path, flags) => openOrdinary(path, flags === 'a' ? APPEND : flags),
  write: (fd, bytes) => nodeFs.writeSync(fd, bytes),
  sync: (fd) => nodeFs.fsyncSync(fd),
  truncate: (fd, length) => nodeFs.ftruncateSync(fd, length),
  close: (fd) => nodeFs.closeSync(fd),
  read: (path) => readOrdinary(path),
  rename: (from, to) => {
    refuseDevice(to);
    nodeFs.renameSync(from, to);
  },
  link: (from, to) => nodeFs.linkSync(from, to),
  remove: (path) => nodeFs.unlinkSync(path),
  makeFolder: (path) => nodeFs.mkdirSync(path),
  list: (folder) => nodeFs.readdirSync(folder),
  syncFolder,
};

function syncFolder(path: string): void {
  // Windows cannot open a folder; its file systems write their own journal.
  if (process.platform === 'win32') return;
  const fd = nodeFs.openSync(path, 'r');
  try {
    nodeFs.fsyncSync(fd);
  } catch (error) {
    // Some network and FUSE file systems know no such thing.
    if (!hasErrno(error, 'EINVAL', 'ENOTSUP', 'ENOSYS')) throw error;
  } finally {
    nodeFs.closeSync(fd);
  }
}

/** Whether an operating system error is one of these. */
export function hasErrno(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Writes every byte: one `write` may take only a part of them, for instance on a nearly full disk. */
export function writeFully(fs: FileSystem, fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    const written = fs.write(fd, bytes.subarray(offset));
    if (written <= 0) throw Object.assign(new Error('ENOSPC: the file takes no more bytes'), { code: 'ENOSPC' });
    offset += written;
  }
}

/** The bytes of a file, none where it does not exist. */
export function readIfThere(path: string, fs: FileSystem): Uint8Array {
  try {
    return fs.read(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return new Uint8Array(0);
    throw error;
  }
}

/** The bytes of any typed array, without a copy. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
