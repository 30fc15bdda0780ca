import type { Evaluation, Task } from '../../task/types.js';
import type { TermKind, TermSettings } from './term-kind.js';

type TaskTermName = 'task' | 'content' | 'style' | 'joint';

/** The task's own reward, a part of it, or the metric it is judged by: all there already, nothing further is computed. */
export function taskTerm(name: TaskTermName): TermKind {
  return {
    refusal: (task) => (name === 'task' ? withoutRange(task) : withoutParts(name, task)),
    create: ({ task, settings }) => ({
      name,
      range: rangeOf(name, task, settings),
      readsOutputs: false,
      score: async (items) => items.map(({ evaluation }) => termValue(name, evaluation)),
    }),
  };
}

function withoutRange({ kind, name, rewardRange }: Task): string | undefined {
  if (kind !== 'custom' || rewardRange) return undefined;
  return `the reward of ${name} cannot stand beside other terms, for its range is not known: give rewardRange: [least, largest] in its definition`;
}

function withoutParts(part: string, { kind, name }: Task): string | undefined {
  return kind === 'style-transfer' ? undefined : `${part} is a term of style-transfer tasks; ${name} is a ${kind} task`;
}

function rangeOf(name: TaskTermName, task: Task, { correct, incorrect }: TermSettings): readonly [number, number] {
  if (name !== 'task' || task.kind === 'style-transfer') return [0, 100];
  return task.rewardRange ?? [-incorrect, correct];
}

function termValue(name: TaskTermName, { reward, parts, metrics }: Evaluation): number {
  if (name === 'joint') return 100 * metrics.joint!;
  return name === 'task' ? reward : parts![name]!;
}
