import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import type { ReadPrompt } from '../../evaluate.js';
import { isThere } from '../../files/read/is-there.js';
import { shellWord } from '../../shell-word.js';

/** What of a run is scored, and on which task. */
export interface ScoredRun {
  /** Missing: the run's own. */
  readonly task: string | undefined;
  readonly run?: string;
  /** The run has a policy that writes a prompt for each input. */
  readonly hasPolicy: boolean;
  /** What the run found, and the target LM that it was found for. */
  readonly found?: { readonly prompt: ReadPrompt; readonly target: string };
}

/** A run folder in the task's place is that run, on its own task. */
export async function scoredRun(
  task: string | undefined,
  { run: named, policy, rank }: { readonly run?: string; readonly policy?: string; readonly rank: number },
): Promise<ScoredRun> {
  const isRun = task !== undefined && isThere(join(task, 'run.json'));
  const other = policy ?? named;
  if (isRun && other !== undefined) throw twoRuns(task, other, policy === undefined ? '--run' : '--policy');
  if (policy !== undefined) return { task, run: policy, hasPolicy: true };
  const run = isRun ? task : named;
  const onTask = isRun ? undefined : task;
  if (run === undefined) return { task: onTask, hasPolicy: false };
  const [{ readRunRecord }, { foundPrompt }] = await Promise.all([
    import('../../export/run-record.js'),
    import('../../export/found-prompt.js'),
  ]);
  const record = readRunRecord(run);
  if (record.prompts[0]?.policy) return { task: onTask, run, hasPolicy: true };
  const found = { prompt: foundPrompt(record, rank), target: record.manifest.config.target as string };
  return { task: onTask, run, hasPolicy: false, found };
}

function twoRuns(run: string, other: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${run} is a run, which is scored on its own task; ${where} names another one`,
    where,
    kept: 'nothing was started',
    next: `rlprompt eval DATA ${where} ${shellWord(other)}`,
  });
}

/** The prompt as it is read by a target LM: offsets say something of the one that they were measured with only. */
export function readBy({ prompt, target }: NonNullable<ScoredRun['found']>, other: string): ReadPrompt {
  if (target === other || !prompt.offsets) return prompt;
  const { offsets: _, ...rest } = prompt;
  return rest;
}
