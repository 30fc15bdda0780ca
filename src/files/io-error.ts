import { RlpromptError } from '../errors.js';
import { hasErrno } from './file-system.js';
import { whoKeepsOut } from './whose.js';

interface Attempt {
  readonly action: 'read' | 'write' | 'create' | 'remove';
  readonly path: string;
  readonly kept?: string;
}

/** Names a failed file operation: what failed, what is kept, and the exit code that fits the cause. */
export function toIoError(error: unknown, attempt: Attempt): RlpromptError {
  if (error instanceof RlpromptError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const common = {
    message: `cannot ${attempt.action} ${attempt.path}: ${reason}`,
    kept: attempt.kept,
    cause: error,
  };
  const limit = osLimitOf(error);
  if (limit) return new RlpromptError({ ...common, code: 'E_OS_LIMIT', exit: 'osLimit', next: limit });
  if (hasErrno(error, 'EACCES', 'EPERM', 'EROFS')) return permissionError(attempt, common);
  if (attempt.action === 'read' && hasErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP')) {
    return new RlpromptError({ ...common, code: 'E_FILE_NOT_FOUND', exit: 'missingInput', next: 'check the path' });
  }
  if (attempt.action === 'write' && hasErrno(error, 'ENAMETOOLONG', 'ELOOP')) {
    return new RlpromptError({ ...common, code: 'E_CANNOT_CREATE', exit: 'cannotCreate', next: 'choose another name' });
  }
  if (attempt.action === 'create' && !hasErrno(error, 'EIO', 'ENOSPC', 'EDQUOT')) {
    const next = 'choose another folder with --out DIR';
    return new RlpromptError({ ...common, code: 'E_CANNOT_CREATE', exit: 'cannotCreate', next });
  }
  const isFull = hasErrno(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
  const next = isFull ? 'free some space' : 'check the disk';
  return new RlpromptError({ ...common, code: 'E_IO', exit: 'io', next });
}

const OS_LIMITS: Readonly<Record<string, string>> = {
  EMFILE: 'raise the limit on open files of a process, for instance: ulimit -n 4096',
  ENFILE: 'close other programs: the system has no more open files to give (fs.file-max)',
  EAGAIN: 'raise the limit on processes and threads, for instance: ulimit -u 4096',
  ENOMEM: 'free some memory, or raise its limit: ulimit -v unlimited',
  ERR_WORKER_INIT_FAILED: 'raise the limits on open files and on threads: ulimit -n 4096; ulimit -u 4096',
};

/** How to raise the limit of the system that was met; undefined for any other error. */
export function osLimitOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (Object.hasOwn(OS_LIMITS, code)) return OS_LIMITS[code];
  return /Array buffer allocation failed|Invalid typed array length/.test(error.message)
    ? OS_LIMITS.ENOMEM
    : osLimitOf(error.cause);
}

/** What the system would not do with a file, where the program did not expect it; undefined for any other error. */
export function systemErrorOf(error: unknown): RlpromptError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errno, path, syscall = '' } = error as NodeJS.ErrnoException;
  if (errno === undefined || path === undefined || syscall.startsWith('spawn')) return undefined;
  const action = /^(unlink|rm|rmdir)$/.test(syscall)
    ? 'remove'
    : /^(mkdir|rename|link)$/.test(syscall)
      ? 'create'
      : 'read';
  return toIoError(error, { action, path });
}

function permissionError(
  attempt: Attempt,
  common: { message: string; kept: string | undefined; cause: unknown },
): RlpromptError {
  if (attempt.action === 'read' || attempt.action === 'remove') {
    const who = attempt.action === 'read' ? whoKeepsOut(attempt.path) : undefined;
    return new RlpromptError({
      ...common,
      message: who === undefined ? common.message : `${common.message}; ${who}`,
      code: 'E_NO_PERMISSION',
      exit: 'noPermission',
      next: 'change its permissions, or ask its owner to',
    });
  }
  const next = 'choose a folder you may write to with --out DIR, or change its permissions';
  return new RlpromptError({ ...common, code: 'E_CANNOT_CREATE', exit: 'cannotCreate', next });
}
