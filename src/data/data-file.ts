import { type FileHandle, open, stat } from 'node:fs/promises';
import { RlpromptError } from '../errors.js';
import { whoKeepsOut } from '../files/whose.js';
import { groupDigits } from '../group-digits.js';

/** Larger data files are refused: every row is held in memory. */
export const MAX_DATA_BYTES = 256 * 1024 * 1024;

/**
 * Reads a data file whole. Only ordinary files are opened, because a FIFO or a device could block or never end.
 */
export async function readDataFile(file: string, maxBytes = MAX_DATA_BYTES): Promise<Buffer> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw notAFile(file, facts.isDirectory() ? 'a folder' : 'not an ordinary file');
    return await readBounded(await open(file, 'r'), file, maxBytes);
  } catch (error) {
    if (error instanceof RlpromptError) throw error;
    throw readFailure(file, error as NodeJS.ErrnoException);
  }
}

async function readBounded(handle: FileHandle, file: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new RlpromptError({
        code: 'E_DATA_TOO_LARGE',
        exit: 'data',
        message: `the data file has ${groupDigits(size)} bytes, at most ${groupDigits(maxBytes)} are read`,
        where: file,
        next: 'copy some of the rows into a new file',
      });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function notAFile(file: string, what: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_NOT_A_FILE',
    exit: 'missingInput',
    message: `the data is ${what}, an ordinary file is expected`,
    where: file,
    next: 'name an ordinary file',
  });
}

function readFailure(file: string, error: NodeJS.ErrnoException): RlpromptError {
  const missing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(error.code ?? '');
  const forbidden = error.code === 'EACCES' || error.code === 'EPERM';
  return new RlpromptError({
    code: missing ? 'E_DATA_MISSING' : forbidden ? 'E_DATA_PERMISSION' : 'E_DATA_READ',
    exit: missing ? 'missingInput' : forbidden ? 'noPermission' : 'io',
    message: missing
      ? 'there is no such data file'
      : forbidden
        ? ['the data file may not be read', whoKeepsOut(file)].filter(Boolean).join('; ')
        : `the data file cannot be read (${error.code})`,
    where: file,
    next: missing ? 'check the path' : forbidden ? 'change its permissions' : 'check the disk and the path',
    cause: error,
  });
}
