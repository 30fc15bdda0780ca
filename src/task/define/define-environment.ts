import * as z from 'zod';
import { RlpromptError } from '../../errors.js';
import { plainIssue } from '../../plain-issue.js';
import type { EnvironmentDefinition } from '../environment.js';

const TASKS = z.array(z.string().trim().min(1)).min(1);

const DEFINITION = z.strictObject({
  kind: z.literal('environment'),
  name: z.string().regex(/^[\w-]+$/, 'expected letters, digits, - and _'),
  tasks: z.strictObject({ train: TASKS, test: TASKS }),
  mostSteps: z.int().min(1).optional(),
  reset: z.custom((value) => typeof value === 'function', 'expected a function'),
  step: z.custom((value) => typeof value === 'function', 'expected a function'),
});

/**
 * Checks the definition of an environment; its file exports the answer as its default.
 *
 * @throws RlpromptError E_TASK_DEFINITION naming everything that is wrong with it
 */
export function defineEnvironment(definition: EnvironmentDefinition): EnvironmentDefinition {
  const { error } = DEFINITION.safeParse(definition);
  if (!error) return definition;
  throw new RlpromptError({
    code: 'E_TASK_DEFINITION',
    exit: 'config',
    message: error.issues.map((issue) => plainIssue(issue, 'the environment')).join('; '),
    next: "the least that works: defineEnvironment({ kind: 'environment', name: 'my-world', tasks: { train: ['…'], test: ['…'] }, reset, step })",
  });
}
