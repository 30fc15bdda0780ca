import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type FileSystem, nodeFileSystem } from '../../files/file-system.js';
import { toIoError } from '../../files/io-error.js';
import { acquireLock } from '../../files/lock/lock.js';
import { isThere } from '../../files/read/is-there.js';
import { linkError } from '../../files/read-ordinary.js';
import { removeDeadTemporaries } from '../../files/write/atomic-write.js';

/** A folder of a run, of a comparison or of learning to act while this process is its only writer. */
export interface LockedFolder {
  readonly path: string;
  /** Lets go of the folder; a second call does nothing. */
  close(): void;
}

export interface FolderOptions {
  /** Wall time; it tells others since when the folder is written. */
  readonly now: Date;
  readonly fs?: FileSystem;
}

export const LOCK = 'lock';

/**
 * Locks a folder, and removes what killed processes have left half-written in it.
 * @throws RlpromptError `E_RUN_LOCKED`, `E_IO` and the like
 */
export function lockFolder(path: string, { now, fs = nodeFileSystem }: FolderOptions): LockedFolder {
  const lock = acquireLock(join(path, LOCK), { since: now.toISOString(), fs });
  try {
    const checkpoints = join(path, 'checkpoints');
    if (lstatSync(checkpoints, { throwIfNoEntry: false })?.isSymbolicLink()) throw linkError(checkpoints);
    for (const folder of [path, checkpoints]) if (isThere(folder)) removeDeadTemporaries(folder, fs);
  } catch (error) {
    lock.release();
    throw toIoError(error, { action: 'write', path });
  }
  return { path, close: () => lock.release() };
}
