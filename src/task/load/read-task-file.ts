import { readUserFile } from '../../user-code/read-user-file.js';
import type { LoadTaskOptions } from '../assemble/load-task-options.js';
import type { ResolvedDefinition } from '../define/resolve-definition.js';

export const TASK_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'] as const;

/**
 * Runs a user's task file and gives its definition, with the examples that it makes.
 *
 * @throws RlpromptError E_TASK_…
 */
export async function readTaskFile(
  file: string,
  { seed, shots, rewardTimeout = 60 }: LoadTaskOptions,
): Promise<ResolvedDefinition> {
  const question = { kind: 'task file', file, draw: { seed, shots } } as const;
  // The process has checked it.
  return (await readUserFile(question, rewardTimeout * 1000)) as ResolvedDefinition;
}
