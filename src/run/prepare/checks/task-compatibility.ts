import type { RunConfig } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import type { Task, TaskKind } from '../../../task/types.js';

type TaskKindKey = 'racing' | 'ensemble' | 'inputConditioned';

/** What a setting needs of a task: per-example rewards, label probabilities. */
const KINDS: Readonly<Record<TaskKindKey, readonly TaskKind[]>> = {
  racing: ['classification'],
  ensemble: ['classification'],
  inputConditioned: ['classification', 'style-transfer'],
};

const FLAGS: Readonly<Record<TaskKindKey, string>> = {
  racing: '--racing',
  ensemble: '--ensemble',
  inputConditioned: '--input-conditioned',
};

/**
 * Refuses settings that need what a task does not have.
 * @throws RlpromptError `E_CONFIG`
 */
export function refuseIncompatible(
  task: Pick<Task, 'kind' | 'name'>,
  config: Partial<Pick<RunConfig, TaskKindKey>>,
): void {
  const keys = Object.keys(KINDS) as TaskKindKey[];
  const setting = keys.find((key) => config[key] && !KINDS[key].includes(task.kind));
  if (setting === undefined) return;
  throw new RlpromptError({
    code: 'E_CONFIG',
    exit: 'config',
    message: `${setting} is for ${KINDS[setting].join(' and ')} tasks; ${task.name} is a ${task.kind} task`,
    where: FLAGS[setting],
    kept: 'nothing was started',
    next: `leave ${FLAGS[setting]} out`,
  });
}
