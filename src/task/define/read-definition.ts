import { RlpromptError } from '../../errors.js';
import type { EnvironmentDefinition } from '../environment.js';
import type { TaskDefinition } from '../types.js';
import { defineEnvironment } from './define-environment.js';
import { defineTask, isDefinedTask } from './define-task.js';

/** How the message of a file begins that failed while it was loaded. */
export const NOT_LOADED = 'the task file cannot be loaded: ';

/** Takes the definition out of a loaded task file: its default export, or in CommonJS what it exports. */
export function readDefinition(module: unknown, file: string): TaskDefinition {
  const definition = defaultExport(module);
  if (isDefinedTask(definition)) return definition;
  if (typeof definition !== 'object' || definition === null || !('kind' in definition)) {
    throw new RlpromptError({
      code: 'E_TASK_EXPORT',
      exit: 'config',
      message: 'the file exports no task',
      where: file,
      next: "write export default defineTask({ name: '…', kind: '…', … })",
    });
  }
  try {
    return defineTask(definition as TaskDefinition);
  } catch (error) {
    throw loadFailure(error, file);
  }
}

/** The same for the file of an environment. */
export function readEnvironment(module: unknown, file: string): EnvironmentDefinition {
  try {
    return defineEnvironment(defaultExport(module) as EnvironmentDefinition);
  } catch (error) {
    throw loadFailure(error, file);
  }
}

/** What a task file threw while it was being loaded, with the place where that can be told. */
export function loadFailure(error: unknown, file: string): RlpromptError {
  if (error instanceof RlpromptError) return withPlace(error, file);
  const text = error instanceof Error ? error.message : String(error);
  const place = text.includes(file) ? /:\d+:\d+/.exec(text.slice(text.indexOf(file) + file.length))?.[0] : undefined;
  return new RlpromptError({
    code: 'E_TASK_FILE',
    exit: 'config',
    message: `${NOT_LOADED}${text.replace(/\n.*/s, '').trim()}`,
    where: `${file}${place ?? ''}`,
    next: 'correct the task file; rlprompt tasks check tries it',
    cause: error,
  });
}

/** `defineTask` does not know which file it is called from. */
function withPlace(error: RlpromptError, file: string): RlpromptError {
  if (error.where !== undefined) return error;
  return error.with({ where: file, cause: error });
}

function defaultExport(module: unknown): unknown {
  if (typeof module !== 'object' || module === null) return module;
  return 'default' in module && !isDefinedTask(module) ? module.default : module;
}
