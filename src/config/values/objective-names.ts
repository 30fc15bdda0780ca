/** The objectives a run can have; `src/rewards/objectives/create-objectives.ts` makes them. */
export const OBJECTIVE_NAMES = [
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

export type ObjectiveName = (typeof OBJECTIVE_NAMES)[number];

/** Stand for the task's own reward: where one of them is named, `task` is not added. */
const OF_THE_TASK: readonly string[] = ['task', 'content', 'style', 'joint'];

/** An objective is named beside the task's own reward, which counts 1 unless it, a part of it or the metric in its place is named too. */
export function besideTask(objectives: Readonly<Record<string, number>>): Record<string, number> {
  const names = Object.keys(objectives);
  return names.some((name) => OF_THE_TASK.includes(name)) ? { ...objectives } : { task: 1, ...objectives };
}
