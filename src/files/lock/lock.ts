import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { type FileSystem, hasErrno, nodeFileSystem, writeFully } from '../file-system.js';
import { toIoError } from '../io-error.js';
import { quietly, writeBeside } from '../write/atomic-write.js';
import { judgeProcess, ownIdentity, type ProcessIdentity } from './process-identity.js';

interface Owner extends ProcessIdentity {
  /** Wall time, for display. */
  readonly since: string;
  /** Of this one holding of the lock. */
  readonly nonce: string;
}

export interface Lock {
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

export interface LockOptions {
  readonly fs?: FileSystem;
  /** Shown to whoever is refused. */
  readonly since: string;
  readonly self?: ProcessIdentity;
}

/**
 * Makes this process the only writer of a run. A file says who holds the lock; it appears whole, by a hard link, so
 * that of many contenders one succeeds. A holder that is gone (killed, machine restarted) is replaced at once: the
 * right to replace a holder is itself such a lock, named after that one holding, so that a slow contender can never
 * throw out a new holder in place of the dead one.
 *
 * @throws RlpromptError `E_RUN_LOCKED` where a process holds it that lives, or that cannot be seen from here
 */
export function acquireLock(path: string, options: LockOptions): Lock {
  const fs = options.fs ?? nodeFileSystem;
  const self = options.self ?? ownIdentity();
  try {
    const lock = hold(path, { fs, self, since: options.since });
    removeAbandonedRights(path, fs);
    return lock;
  } catch (error) {
    throw toIoError(error, { action: 'create', path });
  }
}

/** Whether somebody writes the run at this moment, for whoever only looks; the lock stays as it is. */
export function isLockHeld(path: string, fs: FileSystem = nodeFileSystem): boolean {
  const holder = readOwner(path, fs);
  if (holder === undefined) return false;
  return holder === 'unreadable' || judgeProcess(holder, ownIdentity()) !== 'dead';
}

type Contender = Required<LockOptions>;

function hold(path: string, contender: Contender): Lock {
  const { fs, self } = contender;
  const nonce = randomUUID();
  const owner: Owner = { ...self, since: contender.since, nonce };
  while (!createWhole(path, owner, fs)) {
    const holder = readOwner(path, fs);
    if (holder === undefined) continue;
    if (holder === 'unreadable' || judgeProcess(holder, self) !== 'dead') throw locked(path, holder, self);
    if (replace(path, holder, owner, contender)) break;
  }
  // One that cannot be removed is free all the same once this process has ended.
  return { release: () => quietly(() => release(path, nonce, fs)) };
}

/** Takes the place of a dead holder; false where somebody else already has. */
function replace(path: string, dead: Owner, owner: Owner, contender: Contender): boolean {
  const { fs } = contender;
  const right = hold(`${path}.${dead.nonce.slice(0, 8)}`, contender);
  try {
    const holder = readOwner(path, fs);
    if (typeof holder !== 'object' || holder.nonce !== dead.nonce) return false;
    const temporary = writeBeside(path, format(owner), fs);
    try {
      fs.rename(temporary, path);
    } catch (error) {
      quietly(() => fs.remove(temporary));
      throw error;
    }
    return true;
  } finally {
    right.release();
  }
}

/** False where the file exists. */
function createWhole(path: string, owner: Owner, fs: FileSystem): boolean {
  const temporary = writeBeside(path, format(owner), fs);
  try {
    fs.link(temporary, path);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    if (!hasErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    return createWithoutLinks(path, owner, fs);
  } finally {
    quietly(() => fs.remove(temporary));
  }
}

/** For file systems without hard links: a process killed right here leaves a file that a person has to remove. */
function createWithoutLinks(path: string, owner: Owner, fs: FileSystem): boolean {
  try {
    const fd = fs.open(path, 'wx');
    try {
      writeFully(fs, fd, format(owner));
    } finally {
      fs.close(fd);
    }
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function release(path: string, nonce: string, fs: FileSystem): void {
  const holder = readOwner(path, fs);
  if (typeof holder === 'object' && holder.nonce === nonce) fs.remove(path);
}

/** The right to replace a holding that is past is worth nothing: who has it finds another holder, and gives up. */
function removeAbandonedRights(path: string, fs: FileSystem): void {
  const prefix = `${basename(path)}.`;
  for (const name of fs.list(dirname(path))) {
    if (name.startsWith(prefix)) quietly(() => fs.remove(join(dirname(path), name)));
  }
}

function format(owner: Owner): Buffer {
  return Buffer.from(`${JSON.stringify(owner)}\n`);
}

function readOwner(path: string, fs: FileSystem): Owner | 'unreadable' | undefined {
  try {
    const owner = JSON.parse(Buffer.from(fs.read(path)).toString('utf8')) as Partial<Owner> | null;
    const texts = [owner?.started, owner?.boot, owner?.pidNamespace, owner?.host, owner?.since, owner?.nonce];
    const isWhole =
      Number.isSafeInteger(owner?.pid) && Number(owner?.pid) > 0 && texts.every((text) => typeof text === 'string');
    return isWhole ? (owner as Owner) : 'unreadable';
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    if (error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}

function locked(path: string, holder: Owner | 'unreadable', self: ProcessIdentity): RlpromptError {
  const isUnseen = holder === 'unreadable' || judgeProcess(holder, self) === 'unknown';
  const who =
    holder === 'unreadable' ? 'a process unknown' : `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  const removal = `if that process is gone, remove ${path} and try again`;
  return new RlpromptError({
    code: 'E_RUN_LOCKED',
    exit: 'tryAgain',
    message: `the run is being written by ${who}`,
    where: path,
    kept: 'nothing was changed',
    next: isUnseen ? removal : 'wait for it to end, or stop it with Ctrl-C in its terminal',
  });
}
