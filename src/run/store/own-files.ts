import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { toIoError } from '../../files/io-error.js';
import { DEFAULT_FOLDER } from './run-folder.js';
import { readManifest } from './run-manifest.js';

/** What the program writes into a run folder; `….bin` are the scores of an objective of the reward. */
const OWN_FILE =
  /^(run\.json|events\.jsonl|best\.json|policy\.json|export\.json|reward\.log|[\w-]+\.bin|report\.html|lock(\..*)?|.*\.tmp)$/;
const OWN_CHECKPOINT = /^(.*\.ckpt|.*\.safetensors|.*\.tmp)$/;
const MOST_NAMED = 5;

/**
 * Makes sure that a folder is a run and holds nothing else, before it is removed with everything in it.
 *
 * @throws RlpromptError `E_RUN_NOT_FOUND`, `E_NOT_A_RUN`, `E_MANIFEST`, `E_RUN_VERSION`; `E_FOREIGN_FILES` where it
 *   holds what no run writes, or is a link
 */
export function requireOwnFiles(runDir: string): void {
  readManifest(runDir);
  if (lstatSync(runDir).isSymbolicLink()) throw refused(`${runDir} is a link`, runDir, 'name the folder it leads to');
  const foreign = foreignFiles(runDir);
  if (foreign.length === 0) return;
  const names = foreign.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
  const more = foreign.length > names.length ? ` and ${foreign.length - names.length} more` : '';
  const message = `${runDir} holds what no run writes: ${names.join(', ')}${more}`;
  throw refused(message, runDir, 'move these files elsewhere, then repeat the command');
}

/**
 * Removes a run folder with everything in it.
 * @throws RlpromptError `E_IO` or `E_NO_PERMISSION` where the system refuses
 */
export function removeRun(runDir: string): void {
  try {
    // The system removes no folder by the name ".".
    rmSync(resolve(runDir), { recursive: true });
  } catch (error) {
    throw toIoError(error, { action: 'remove', path: runDir, kept: 'what could not be removed' });
  }
}

/** Takes away a run that was refused before it had begun: there is nothing in it to resume. */
export function discardRun(runDir: string): void {
  if (foreignFiles(runDir).length > 0) return;
  removeRun(runDir);
  removeDefaultFolder(dirname(resolve(runDir)));
}

/** The folder of runs that have no name of their own, where the first of them left it empty. */
export function removeDefaultFolder(path: string): void {
  if (basename(path) === DEFAULT_FOLDER) removeIfEmpty(path);
}

/** A folder in which nothing was begun is not left behind; one with anything in it stays. */
export function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Not empty, or not ours to remove.
  }
}

function foreignFiles(runDir: string): string[] {
  return readdirSync(runDir, { withFileTypes: true }).flatMap((entry) => {
    // Exports are whatever their formats name them.
    if (entry.name === 'exports' && entry.isDirectory()) return [];
    if (entry.name !== 'checkpoints' || !entry.isDirectory()) {
      return entry.isFile() && OWN_FILE.test(entry.name) ? [] : [entry.name];
    }
    return readdirSync(join(runDir, entry.name), { withFileTypes: true })
      .filter((file) => !file.isFile() || !OWN_CHECKPOINT.test(file.name))
      .map((file) => join(entry.name, file.name));
  });
}

function refused(message: string, where: string, next: string): RlpromptError {
  return new RlpromptError({ code: 'E_FOREIGN_FILES', exit: 'data', message, where, kept: 'everything in it', next });
}
