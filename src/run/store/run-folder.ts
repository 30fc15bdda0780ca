import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import type { RunResult } from '../../events.js';
import { type FileSystem, hasErrno, nodeFileSystem } from '../../files/file-system.js';
import { toIoError } from '../../files/io-error.js';
import { isThere } from '../../files/read/is-there.js';
import { shellWord } from '../../shell-word.js';
import { type FolderOptions, LOCK, type LockedFolder, lockFolder } from './locked-folder.js';
import { readEvents } from './logs/event-log.js';
import { checkRunPath, defaultRunName } from './run-name.js';

const MANIFEST = 'run.json';
const MOST_COPIES = 1000;
/** Where runs go that were given no folder. */
export const DEFAULT_FOLDER = 'runs';

/**
 * Makes the folder of a new run, `out` or else `runs/<task>-<time>`, and locks it.
 *
 * @throws RlpromptError `E_RUN_NAME`, `E_CANNOT_CREATE`, `E_FOLDER_NOT_EMPTY`, `E_RUN_EXISTS`, `E_RUN_LOCKED`
 */
export function createRunFolder(options: FolderOptions & { task: string; out?: string }): LockedFolder {
  const fs = options.fs ?? nodeFileSystem;
  const { out } = options;
  if (out !== undefined) checkRunPath(out);
  const path = out === undefined ? makeDefaultFolder(options.task, options.now, fs) : makeFolder(out, fs);
  refuseForeignFolder(path, fs);
  const folder = lockFolder(path, options);
  if (!isThere(join(path, MANIFEST))) return folder;
  folder.close();
  throw holdsRun(path);
}

/**
 * Refuses a folder that `createRunFolder` would refuse for what is in it, before anything is made or computed.
 * @throws RlpromptError `E_FOLDER_NOT_EMPTY`, `E_RUN_EXISTS`
 */
export function refuseTakenFolder(path: string): void {
  if (!isThere(path)) return;
  refuseForeignFolder(path, nodeFileSystem);
  if (isThere(join(path, MANIFEST))) throw holdsRun(path);
}

function holdsRun(path: string): RlpromptError {
  return new RlpromptError({
    code: 'E_RUN_EXISTS',
    exit: 'cannotCreate',
    message: `${path} already holds a run`,
    where: '--out',
    kept: 'that run is unchanged',
    next: resultOf(path) ? `another --out, or: rlprompt top ${shellWord(path)}` : `rlprompt resume ${shellWord(path)}`,
  });
}

/**
 * Makes a folder and those above it; one that is there is taken as it is.
 * @throws RlpromptError `E_CANNOT_CREATE`
 */
export function makeFolder(path: string, fs: FileSystem = nodeFileSystem): string {
  try {
    makeWithParents(path, fs);
    return path;
  } catch (error) {
    throw toIoError(error, { action: 'create', path });
  }
}

/** Node's own recursive way never returns where a parent exists that takes no folders, such as /proc. */
function makeWithParents(path: string, fs: FileSystem): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeWithParents(dirname(path), fs);
  try {
    fs.makeFolder(path);
  } catch (error) {
    // Another start may have made it meanwhile.
    if (!hasErrno(error, 'EEXIST')) throw error;
  }
}

/** Two runs of one task that start in one second get folders of their own. */
function makeDefaultFolder(task: string, now: Date, fs: FileSystem): string {
  const path = join(makeFolder(DEFAULT_FOLDER, fs), defaultRunName(task, now));
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? path : `${path}-${copy}`;
    try {
      fs.makeFolder(candidate);
      return candidate;
    } catch (error) {
      // A run that was refused meanwhile may have taken the empty folder away.
      if (hasErrno(error, 'ENOENT') && copy < MOST_COPIES) makeFolder(DEFAULT_FOLDER, fs);
      else if (!hasErrno(error, 'EEXIST')) throw toIoError(error, { action: 'create', path: candidate });
    }
  }
}

/** A folder with files of somebody else is never written into; traces of a start that was killed do not count. */
function refuseForeignFolder(path: string, fs: FileSystem): void {
  const names = listFolder(path, fs);
  if (names.includes(MANIFEST)) return;
  const foreign = names.find((name) => name !== LOCK && !name.startsWith(`${LOCK}.`) && !name.endsWith('.tmp'));
  if (foreign === undefined) return;
  throw new RlpromptError({
    code: 'E_FOLDER_NOT_EMPTY',
    exit: 'cannotCreate',
    message: `${path} is not empty and not a run: it holds ${JSON.stringify(foreign)}`,
    where: '--out',
    kept: 'the folder is unchanged',
    next: 'choose a new or an empty folder with --out DIR',
  });
}

function listFolder(path: string, fs: FileSystem): string[] {
  try {
    return fs.list(path);
  } catch (error) {
    throw toIoError(error, { action: 'create', path });
  }
}

/**
 * Locks the folder of a run to resume it.
 * @throws RlpromptError `E_RUN_NOT_FOUND`, `E_NOT_A_RUN`, `E_RUN_LOCKED`
 */
export function openRunFolder(path: string, options: FolderOptions): LockedFolder {
  requireRun(path);
  return lockFolder(path, options);
}

/**
 * Checks that a folder holds a run, for whoever reads or resumes it.
 *
 * @throws RlpromptError `E_RUN_NOT_FOUND` or `E_NOT_A_RUN`
 */
export function requireRun(path: string): void {
  if (isThere(join(path, MANIFEST))) return;
  const found = isThere(path) ? (statSync(path).isDirectory() ? 'a folder without run.json' : 'a file') : undefined;
  throw new RlpromptError({
    code: found ? 'E_NOT_A_RUN' : 'E_RUN_NOT_FOUND',
    exit: 'missingInput',
    message: found ? `${path} is not a run: it is ${found}` : `there is no run ${path}`,
    where: path,
    next: `give the folder that "rlprompt run" printed, such as ${dirname(path) === '.' ? 'runs' : dirname(path)}/<task>-<time>`,
  });
}

/** The result of a run that has come to its end; undefined for one that has not. */
export function resultOf(runDir: string): RunResult | undefined {
  if (!isThere(join(runDir, 'events.jsonl'))) return undefined;
  let result: RunResult | undefined;
  for (const event of readEvents(runDir)) result = event.type === 'run-end' ? event.result : undefined;
  return result;
}
