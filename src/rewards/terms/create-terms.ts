import { RlpromptError } from '../../errors.js';
import type { Task } from '../../task/types.js';
import { judgeTerm } from '../judge/judge-term.js';
import { taskTerm } from './evaluation-terms.js';
import { fluencyTerm } from './fluency-term.js';
import { lengthTerm } from './length-term.js';
import { preferenceTerm } from './preference-term.js';
import { repetitionTerm } from './repetition-term.js';
import type { RewardTerm } from './reward-term.js';
import type { TermKind, TermParts, TermSettings } from './term-kind.js';

/** The objectives by name; `src/config/term-names.ts` lists the names for settings. */
export const TERM_KINDS: Readonly<Record<string, TermKind>> = {
  task: taskTerm('task'),
  content: taskTerm('content'),
  style: taskTerm('style'),
  joint: taskTerm('joint'),
  fluency: fluencyTerm,
  length: lengthTerm,
  repetition: repetitionTerm,
  judge: judgeTerm,
  preference: preferenceTerm,
};

/** Whether the task's own reward stands alone, as it is: then nothing is combined. */
export function isTaskAlone({ terms, combine }: Pick<TermSettings, 'terms' | 'combine'>): boolean {
  return combine === 'sum' && Object.keys(terms).join() === 'task';
}

/**
 * Refuses, before a model is loaded, terms that a task cannot give.
 * @throws RlpromptError `E_TERM_UNSUITED`
 */
export function checkTerms(task: Task, settings: TermSettings): void {
  if (isTaskAlone(settings)) return;
  const names = Object.keys(settings.terms);
  const reasons = names.flatMap((name) => kindOf(name).refusal?.(task, settings) ?? []);
  if (reasons.length === 0) return;
  throw new RlpromptError({
    code: 'E_TERM_UNSUITED',
    exit: 'config',
    message: reasons.join('; '),
    where: `task ${task.name}, --term`,
    kept: 'nothing was started',
    next: 'leave the term out, or choose a task that gives it (rlprompt tasks)',
  });
}

/** The terms of a run in the order in which they are named. */
export async function createTerms(parts: TermParts): Promise<RewardTerm[]> {
  if (isTaskAlone(parts.settings)) return [];
  const terms: RewardTerm[] = [];
  for (const name of Object.keys(parts.settings.terms)) terms.push(await kindOf(name).create(parts));
  return terms;
}

function kindOf(name: string): TermKind {
  const kind = Object.hasOwn(TERM_KINDS, name) ? TERM_KINDS[name] : undefined;
  if (kind) return kind;
  throw new RlpromptError({
    code: 'E_TERM_NOT_FOUND',
    exit: 'config',
    message: `no term ${JSON.stringify(name)}; there are ${Object.keys(TERM_KINDS).join(', ')}`,
    where: '--term',
  });
}
