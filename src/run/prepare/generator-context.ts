import type { Task } from '../../task/types.js';

/** What `--context` is where the text is to be made from the task. */
const CONTEXT_OF_TASK = 'task';

const LONGEST_ROW = 200;
const ROWS_PER_LABEL = 2;

/**
 * What the generator LM reads before it writes: the text that was given, or one made from the task: its description, its
 * label words and a few train rows with their answers.
 */
export function generatorContext(given: readonly string[] | undefined, task: Task): readonly string[] | undefined {
  if (given?.join() !== CONTEXT_OF_TASK) return given;
  const words = task.labels.map(({ word }) => word.trim());
  const rows = task.labels.flatMap((_, label) => {
    const own = task.splits.train.filter((example) => example.label === label).slice(0, ROWS_PER_LABEL);
    return own.map(({ text }) => `${text.slice(0, LONGEST_ROW)} ... ${words[label]}`);
  });
  return [
    task.description,
    ...(words.length > 0 ? [`The answer is one of: ${words.join(', ')}.`] : []),
    ...rows,
    'A phrase after which the answer follows:',
  ];
}
