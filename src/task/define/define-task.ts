import { RlpromptError } from '../../errors.js';
import type { TaskDefinition } from '../types.js';
import { findDefinitionProblems } from './definition-problems.js';

/** Shared by every copy of this package, so that a task file may bring its own. */
const DEFINED = Symbol.for('rlprompt.task');

/** A task definition whose shape was checked. Its data is read by `loadTask`. */
export type DefinedTask = TaskDefinition & { readonly [DEFINED]: true };

/**
 * Checks a task definition and marks it as one; a task file exports the answer as its default.
 *
 * @throws RlpromptError E_TASK_DEFINITION naming everything that is wrong with it
 */
export function defineTask(definition: TaskDefinition): DefinedTask {
  const problems = findDefinitionProblems(definition);
  if (problems.length > 0) {
    throw new RlpromptError({
      code: 'E_TASK_DEFINITION',
      exit: 'config',
      message: problems.join('; '),
      next: "the least that works: defineTask({ name: 'my-task', kind: 'classification', examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' } })",
    });
  }
  return { ...definition, [DEFINED]: true };
}

/** True for what `defineTask` gave back, in this or another copy of the package. */
export function isDefinedTask(value: unknown): value is DefinedTask {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, DEFINED);
}
