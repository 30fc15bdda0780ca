import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import { Rng } from '../../random/rng.js';
import { balancedOrder } from '../../rewards/racing/racing.js';
import type { Example, Task } from '../../task/types.js';

/**
 * The examples of a step where it has not all of them: pass after pass over all, each in an order of its own in which
 * any stretch holds the labels evenly. What is left of a pass when it is too short for another step is left out. A
 * function of seed and step alone.
 *
 * @param options.count at most as many as there are
 */
export function stepExamples(
  examples: readonly Example[],
  { seed, step, count }: { readonly seed: number; readonly step: number; readonly count: number },
): Example[] {
  const stepsPerPass = Math.floor(examples.length / count);
  const pass = Math.floor(step / stepsPerPass);
  const start = (step % stepsPerPass) * count;
  return balancedOrder(examples, Rng.ofPass(seed, 'minibatches', pass)).slice(start, start + count);
}

/**
 * Refuses a number of examples a step that the task cannot have.
 * @throws RlpromptError `E_CONFIG`
 */
export function checkExamplesPerStep(
  task: Pick<Task, 'name' | 'groupBy' | 'splits'>,
  { examplesPerStep }: Pick<RunConfig, 'examplesPerStep'>,
): void {
  if (examplesPerStep === undefined) return;
  const train = task.splits.train.length;
  const problem =
    task.groupBy === 'example'
      ? `${task.name} lets a prompt meet one input only`
      : train <= examplesPerStep && `${task.name} has ${train} train examples: every step has all of them`;
  if (!problem) return;
  throw new RlpromptError({
    code: 'E_CONFIG',
    exit: 'config',
    message: `examplesPerStep ${examplesPerStep}: ${problem}`,
    where: '--examples-per-step',
    kept: 'nothing was started',
    next:
      task.groupBy === 'example' ? '--inputs-per-step says how many inputs a step has' : 'take less, or more --shots',
  });
}
