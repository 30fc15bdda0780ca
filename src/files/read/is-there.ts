import type { Stats } from 'node:fs';
import { closeSync, openSync, statSync } from 'node:fs';
import { hasErrno } from '../file-system.js';
import { toIoError } from '../io-error.js';

/**
 * Whether something stands at a path that was named. Where a folder may not be looked into, "no" would be a guess.
 * @throws RlpromptError `E_NO_PERMISSION`
 */
export function isThere(path: string): boolean {
  return factsOfNamed(path) !== undefined;
}

/** What stands at a path that was named; undefined for nothing. @throws RlpromptError `E_NO_PERMISSION` */
export function factsOfNamed(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (hasErrno(error, 'EACCES', 'EPERM')) throw toIoError(error, { action: 'read', path });
    return undefined;
  }
}

/** For whoever hands a file on to be read elsewhere. @throws RlpromptError `E_NO_PERMISSION` and the like */
export function requireReadable(path: string): void {
  try {
    closeSync(openSync(path, 'r'));
  } catch (error) {
    throw toIoError(error, { action: 'read', path });
  }
}
