import { RlpromptError } from '../../errors.js';

/** A part of a run folder, and whether it is whole. */
export interface RunFinding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it. */
  readonly next?: string;
}

/** What a check that could not be made says. */
export function failedFinding(check: string, error: unknown): RunFinding {
  const next = error instanceof RlpromptError ? error.next : undefined;
  const detail = error instanceof Error ? error.message : String(error);
  return { check, ok: false, detail, ...(next === undefined ? {} : { next }) };
}
