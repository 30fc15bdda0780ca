/** The objectives a run can have; `src/rewards/terms/create-terms.ts` makes them. */
export const TERM_NAMES = [
  'task',
  'content',
  'style',
  'joint',
  'fluency',
  'length',
  'repetition',
  'judge',
  'preference',
] as const;

export type TermName = (typeof TERM_NAMES)[number];

/** Stand for the task's own reward: where one of them is named, `task` is not added. */
const OF_THE_TASK: readonly string[] = ['task', 'content', 'style', 'joint'];

/** A term is named beside the task's own reward, which counts 1 unless it, a part of it or the metric in its place is named too. */
export function besideTask(terms: Readonly<Record<string, number>>): Record<string, number> {
  const names = Object.keys(terms);
  return names.some((name) => OF_THE_TASK.includes(name)) ? { ...terms } : { task: 1, ...terms };
}
