import { RlpromptError } from '../../errors.js';
import { shellWord } from '../../shell-word.js';
import { dataFilesOf } from '../../task/load/load-task.js';

/**
 * The error of rows whose labels a run does not have, with what can be done about it: elsewhere that is to name the labels in a
 * verbalizer.
 */
export function ofOtherLabels(error: unknown, task: string): unknown {
  if (!(error instanceof RlpromptError) || error.code !== 'E_TASK_LABEL') return error;
  const keep = dataFilesOf(task) ? '--labels keeps the rows with labels of the run; ' : '';
  const next = `${keep}rlprompt eval ${shellWord(task)} --prompt TEXT reads all rows by their own labels`;
  return new RlpromptError({ ...error.parts, next, cause: error.cause });
}
