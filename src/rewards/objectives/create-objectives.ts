import { RlpromptError } from '../../errors.js';
import type { Task } from '../../task/types.js';
import { judgeObjective } from '../judge/judge-objective.js';
import type { Objective } from './contract/objective.js';
import type { ObjectiveKind, ObjectiveParts, ObjectiveSettings } from './contract/objective-kind.js';
import { fluencyObjective } from './fluency-objective.js';
import { lengthObjective } from './length-objective.js';
import { preferenceObjective } from './preference-objective.js';
import { repetitionObjective } from './repetition-objective.js';
import { taskObjective } from './task-objective.js';

/** The objectives by name; `src/config/objective-names.ts` lists the names for settings. */
export const OBJECTIVE_KINDS: Readonly<Record<string, ObjectiveKind>> = {
  task: taskObjective('task'),
  content: taskObjective('content'),
  style: taskObjective('style'),
  joint: taskObjective('joint'),
  fluency: fluencyObjective,
  length: lengthObjective,
  repetition: repetitionObjective,
  judge: judgeObjective,
  preference: preferenceObjective,
};

/** Whether the task's own reward stands alone, as it is: then nothing is combined. */
export function isTaskAlone({ objectives, combine }: Pick<ObjectiveSettings, 'objectives' | 'combine'>): boolean {
  return combine === 'sum' && Object.keys(objectives).join() === 'task';
}

/**
 * Refuses, before a model is loaded, objectives that a task cannot give.
 * @throws RlpromptError `E_OBJECTIVE_UNSUITED`
 */
export function checkObjectives(task: Task, settings: ObjectiveSettings): void {
  if (isTaskAlone(settings)) return;
  const names = Object.keys(settings.objectives);
  const reasons = names.flatMap((name) => kindOf(name).refusal?.(task, settings) ?? []);
  if (reasons.length === 0) return;
  throw new RlpromptError({
    code: 'E_OBJECTIVE_UNSUITED',
    exit: 'config',
    message: reasons.join('; '),
    where: `task ${task.name}, --objective`,
    kept: 'nothing was started',
    next: 'leave the objective out, or choose a task that gives it (rlprompt tasks)',
  });
}

/** The objectives of a run in the order in which they are named. */
export async function createObjectives(parts: ObjectiveParts): Promise<Objective[]> {
  if (isTaskAlone(parts.settings)) return [];
  const objectives: Objective[] = [];
  for (const name of Object.keys(parts.settings.objectives)) objectives.push(await kindOf(name).create(parts));
  return objectives;
}

function kindOf(name: string): ObjectiveKind {
  const kind = Object.hasOwn(OBJECTIVE_KINDS, name) ? OBJECTIVE_KINDS[name] : undefined;
  if (kind) return kind;
  throw new RlpromptError({
    code: 'E_OBJECTIVE_NOT_FOUND',
    exit: 'config',
    message: `no objective ${JSON.stringify(name)}; there are ${Object.keys(OBJECTIVE_KINDS).join(', ')}`,
    where: '--objective',
    next: 'rlprompt run --help tells them',
  });
}
