import { RlpromptError } from '../../errors.js';
import type { Split, Task, TaskKind, TaskLabel } from '../types.js';
import { builtInTaskNames } from './built-in-tasks.js';
import { loadTask } from './load-task.js';

/** A built-in task as `rlprompt tasks` shows it. */
export interface TaskSummary {
  readonly name: string;
  readonly kind: TaskKind;
  readonly description: string;
  readonly labels: readonly TaskLabel[];
  readonly sizes: Readonly<Record<Split, number>>;
  readonly manualPromptCount: number;
}

/** A built-in task that cannot be used as things are, for instance because a package with its data is missing. */
export interface UnavailableTask {
  readonly name: string;
  readonly unavailable: RlpromptError;
}

/** Every built-in task, read and checked, at the given seed and shots. */
export async function listTasks(
  options: { seed: number; shots: number } = { seed: 0, shots: 16 },
): Promise<(TaskSummary | UnavailableTask)[]> {
  return await Promise.all(
    builtInTaskNames().map(async (name) => {
      try {
        return summarise(await loadTask(name, options));
      } catch (error) {
        if (!(error instanceof RlpromptError)) throw error;
        return { name, unavailable: error };
      }
    }),
  );
}

function summarise(task: Task): TaskSummary {
  const { name, kind, description, labels, splits, manualPrompts } = task;
  const sizes = { train: splits.train.length, dev: splits.dev.length, test: splits.test.length };
  return { name, kind, description, labels, sizes, manualPromptCount: manualPrompts.length };
}
