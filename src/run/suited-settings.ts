import type { RunConfig } from '../config/run-config.js';
import { RlpromptError } from '../errors.js';
import type { Task } from '../task/types.js';

/**
 * Refuses settings that need what a task does not have: per-example rewards and label probabilities.
 * @throws RlpromptError `E_CONFIG`
 */
export function refuseUnsuited(
  task: Pick<Task, 'kind' | 'name'>,
  config: Pick<RunConfig, 'racing' | 'ensemble'>,
): void {
  const setting = config.racing ? 'racing' : config.ensemble === undefined ? undefined : 'ensemble';
  if (setting === undefined || task.kind === 'classification') return;
  throw new RlpromptError({
    code: 'E_CONFIG',
    exit: 'config',
    message: `${setting} is for classification tasks; ${task.name} is a ${task.kind} task`,
    where: `--${setting}`,
    kept: 'nothing was started',
    next: `leave --${setting} out`,
  });
}
