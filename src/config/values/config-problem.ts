import { RlpromptError } from '../../errors.js';

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** What is wrong, with the key, what came and what was expected. */
  readonly message: string;
  /** Flag, variable, or file:line:column. */
  readonly where?: string | undefined;
}

/** @throws RlpromptError E_CONFIG naming every problem at once; nothing where there is none. */
export function refuseProblems(problems: readonly ConfigProblem[], next?: string): void {
  const [first, ...others] = problems;
  if (!first) return;
  const named = (problem: ConfigProblem) => problem.message + (problem.where ? ` (${problem.where})` : '');
  throw new RlpromptError({
    code: 'E_CONFIG',
    exit: 'config',
    message:
      others.length === 0 ? first.message : `${problems.length} settings are wrong: ${problems.map(named).join('; ')}`,
    where: others.length === 0 ? first.where : undefined,
    kept: 'nothing was started',
    next,
  });
}

/** A value as an error message shows it: JSON, on one line, cut at 60 characters. */
export function showValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
