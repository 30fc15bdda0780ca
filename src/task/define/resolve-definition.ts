import { RlpromptError } from '../../errors.js';
import type { ExampleSource, ExamplesDefinition, Split, TaskDefinition } from '../types.js';
import { findExampleProblems } from './definition-problems.js';
import type { ExamplesDraw } from './reward-messages.js';

/** Examples as arrays, or as the names of files. */
export type GivenExamples = Exclude<ExamplesDefinition, (...given: never) => unknown>;

/** A definition without code: what the program needs to know of a task before anything is scored. */
export interface ResolvedDefinition extends Omit<TaskDefinition, 'examples' | 'reward'> {
  readonly examples: GivenExamples;
}

/**
 * Calls what is a function in a definition, but for the reward.
 *
 * @throws RlpromptError E_TASK_EXAMPLES
 */
export async function resolveDefinition(
  { reward: _reward, examples, ...definition }: TaskDefinition,
  file: string,
  draw: ExamplesDraw,
): Promise<ResolvedDefinition> {
  return {
    ...definition,
    examples: typeof examples === 'function' ? await callExamples(examples, file, draw) : examples,
  };
}

/** Whether examples lie in files beside the task. */
export function isFileList(examples: GivenExamples): examples is Extract<GivenExamples, { train: string }> {
  return typeof examples.train === 'string';
}

async function callExamples(
  examples: Exclude<ExamplesDefinition, GivenExamples>,
  file: string,
  { seed, shots }: ExamplesDraw,
): Promise<Record<Split, ExampleSource[]>> {
  let answer: unknown;
  try {
    answer = await examples({ seed, shots });
  } catch (error) {
    if (error instanceof RlpromptError) throw error;
    throw examplesError(`the function examples failed: ${(error as Error)?.message ?? error}`, file, error);
  }
  const problems = findExampleProblems(answer);
  if (problems.length > 0 || typeof answer === 'function' || isFileList(answer as GivenExamples)) {
    throw examplesError(`the function examples gave no arrays of examples: ${problems.join('; ')}`, file);
  }
  return answer as Record<Split, ExampleSource[]>;
}

function examplesError(message: string, file: string, cause?: unknown): RlpromptError {
  const next = 'correct the task file; rlprompt tasks check tries it';
  return new RlpromptError({ code: 'E_TASK_EXAMPLES', exit: 'internal', message, where: file, next, cause });
}
