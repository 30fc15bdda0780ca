import type { Evaluation, Task } from '../../task/types.js';
import type { ObjectiveKind, ObjectiveSettings } from './contract/objective-kind.js';

type TaskObjectiveName = 'task' | 'content' | 'style' | 'joint';

/** The task's own reward, a part of it, or the metric it is judged by: all there already, nothing further is computed. */
export function taskObjective(name: TaskObjectiveName): ObjectiveKind {
  return {
    refusal: (task) => (name === 'task' ? withoutRange(task) : withoutParts(name, task)),
    create: ({ task, settings }) => ({
      name,
      range: rangeOf(name, task, settings),
      readsOutputs: false,
      score: async (items) => items.map(({ evaluation }) => objectiveValue(name, evaluation)),
    }),
  };
}

function withoutRange({ kind, name, rewardRange }: Task): string | undefined {
  if (kind !== 'custom' || rewardRange) return undefined;
  return `the reward of ${name} cannot stand beside other objectives, for its range is not known: give rewardRange: [least, largest] in its definition`;
}

function withoutParts(part: string, { kind, name }: Task): string | undefined {
  return kind === 'style-transfer'
    ? undefined
    : `${part} is an objective of style-transfer tasks; ${name} is a ${kind} task`;
}

function rangeOf(
  name: TaskObjectiveName,
  task: Task,
  { correct, incorrect }: ObjectiveSettings,
): readonly [number, number] {
  if (name !== 'task' || task.kind === 'style-transfer') return [0, 100];
  return task.rewardRange ?? [-incorrect, correct];
}

function objectiveValue(name: TaskObjectiveName, { reward, parts, metrics }: Evaluation): number {
  if (name === 'joint') return 100 * (metrics.joint ?? Number.NaN);
  return name === 'task' ? reward : (parts?.[name] ?? Number.NaN);
}
