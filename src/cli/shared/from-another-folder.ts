import { isAbsolute } from 'node:path';
import { type ErrorCode, RlpromptError } from '../../errors.js';

const MISSING_FILES: readonly unknown[] = [
  'E_DATA_MISSING',
  'E_TASK_NOT_FOUND',
  'E_ENVIRONMENT_MISSING',
] satisfies ErrorCode[];

/**
 * The error of a command that reads again what an earlier one was given. A file that was named by a relative path is most often
 * missed because the earlier command was started in another folder.
 *
 * @param again what to do there
 */
export function fromAnotherFolder(error: unknown, again: string): unknown {
  if (!(error instanceof RlpromptError) || !MISSING_FILES.includes(error.code)) return error;
  if (error.where === undefined || isAbsolute(error.where)) return error;
  const next = `${again} in the folder where it was started: the path is relative to that folder`;
  return new RlpromptError({ ...error.parts, next, cause: error.cause });
}
