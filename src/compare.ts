import { join } from 'node:path';
import { type Comparison, type RunOutcome, summarise } from './compare/comparison.js';
import type { ComparisonFolder } from './compare/comparison-folder.js';
import type { ScheduledRun } from './compare/comparison-plan.js';
import type { RunConfigInput } from './config/run-config.js';
import { RlpromptError } from './errors.js';
import type { RunResult } from './events.js';
import { isThere } from './files/read/is-there.js';
import { readRunReport } from './report/run-report.js';
import { resultOf } from './run/store/run-folder.js';
import { shellWord } from './shell-word.js';

export interface CompareOptions {
  /** Runs one optimisation to its end, or resumes the one in the folder `resume`. */
  readonly runOne: (config: RunConfigInput, resume: string | undefined) => Promise<RunResult>;
  /** Told of each run before it begins or resumes, counted from 1. */
  readonly onRun?: (run: ScheduledRun, position: { readonly index: number; readonly count: number }) => void;
}

/**
 * Runs trainers at equal forwards over several seeds and sets what they found side by side. Runs that are finished are
 * only read, and one that was stopped is resumed, so that a comparison that was killed costs nothing twice. A run whose
 * numbers diverge counts as failed; any other error ends the comparison.
 *
 * @throws RlpromptError `E_INTERRUPTED` with the command that resumes it, and whatever a run throws
 */
export async function compareTrainers(folder: ComparisonFolder, options: CompareOptions): Promise<Comparison> {
  const { runs } = folder.plan;
  const outcomes: RunOutcome[] = [];
  for (const [i, plan] of runs.entries()) {
    outcomes.push(await takeRun(folder.path, plan, { ...options, index: i + 1, count: runs.length }));
  }
  return summarise(folder.path, folder.plan, outcomes);
}

type Position = { readonly index: number; readonly count: number };

async function takeRun(
  compareDir: string,
  plan: ScheduledRun,
  options: CompareOptions & Position,
): Promise<RunOutcome> {
  const runDir = join(compareDir, plan.folder);
  const isBegun = isThere(join(runDir, 'run.json'));
  const known = isBegun ? resultOf(runDir) : undefined;
  if (known) return { plan, result: known, report: readRunReport(runDir) };
  options.onRun?.(plan, { index: options.index, count: options.count });
  try {
    const result = await options.runOne({ ...plan.config, out: runDir }, isBegun ? runDir : undefined);
    return { plan, result, report: readRunReport(runDir) };
  } catch (error) {
    if (!(error instanceof RlpromptError)) throw error;
    if (error.exit === 'numeric') return { plan, failed: { seed: plan.seed, runDir, error: error.message } };
    throw error.code === 'E_INTERRUPTED' ? interrupted(error, compareDir) : error;
  }
}

function interrupted({ code, exit, message, cause }: RlpromptError, compareDir: string): RlpromptError {
  const kept = 'every run that is finished, and this one up to its last step';
  return new RlpromptError({
    code,
    exit,
    message: `the comparison was interrupted: ${message}`,
    where: compareDir,
    kept,
    next: `rlprompt compare ${shellWord(compareDir)}`,
    cause,
  });
}
