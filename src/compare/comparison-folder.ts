import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RlpromptError } from '../errors.js';
import { isThere } from '../files/read/is-there.js';
import { readText } from '../files/read/read-file.js';
import { strictJson } from '../files/strict-json.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { type LockedFolder, lockFolder } from '../run/store/locked-folder.js';
import { makeFolder } from '../run/store/run-folder.js';
import { checkRunPath, defaultRunName } from '../run/store/run-name.js';
import { shellWord } from '../shell-word.js';
import type { ComparisonPlan } from './comparison-plan.js';

const PLAN = 'comparison.json';

/** A comparison's folder while this process is its only writer. */
export interface ComparisonFolder extends LockedFolder {
  readonly plan: ComparisonPlan;
}

/** Whether a path is a comparison that was begun. */
export function isComparison(path: string): boolean {
  return isThere(join(path, PLAN));
}

/** Where a comparison goes that names no folder. */
export function defaultComparisonPath(task: string, now: Date): string {
  return join('runs', `compare-${defaultRunName(task, now)}`);
}

/**
 * Begins a comparison, or resumes the same one.
 * @throws RlpromptError `E_COMPARISON_DIFFERS` where the folder holds another comparison, `E_FOLDER_NOT_EMPTY` where it
 *   holds something else, `E_RUN_NAME`, `E_CANNOT_CREATE`, `E_RUN_LOCKED`
 */
export function beginComparison(path: string, plan: ComparisonPlan, now: Date): ComparisonFolder {
  checkRunPath(path);
  if (isComparison(path)) {
    if (strictJson(readPlan(path)) !== strictJson(plan)) throw differs(path);
    return openComparison(path, now);
  }
  refuseForeign(path);
  makeFolder(path);
  const folder = lockFolder(path, { now });
  try {
    atomicWrite(join(path, PLAN), `${strictJson(plan, 2)}\n`);
  } catch (error) {
    folder.close();
    throw error;
  }
  return { ...folder, plan };
}

/**
 * Opens a comparison to resume it.
 * @throws RlpromptError `E_COMPARISON_FILE` where its plan is damaged, `E_RUN_LOCKED`
 */
export function openComparison(path: string, now: Date): ComparisonFolder {
  const plan = readPlan(path);
  return { ...lockFolder(path, { now }), plan };
}

/** A folder with anything but traces of a start that was killed is somebody else's. */
function refuseForeign(path: string): void {
  if (!isThere(path)) return;
  const isFolder = statSync(path).isDirectory();
  const names = isFolder ? readdirSync(path) : [];
  if (isFolder && names.every((name) => name.startsWith('lock') || name.endsWith('.tmp'))) return;
  throw new RlpromptError({
    code: 'E_FOLDER_NOT_EMPTY',
    exit: 'cannotCreate',
    message: `${path} is ${isFolder ? `not empty: it holds ${JSON.stringify(names[0])}` : 'a file'}`,
    where: '--out',
    kept: 'it stays as it is',
    next: 'choose a new folder with --out DIR',
  });
}

function readPlan(path: string): ComparisonPlan {
  const file = join(path, PLAN);
  try {
    const plan = JSON.parse(readText(file)) as Partial<ComparisonPlan> | null;
    if (plan?.schemaVersion === 1 && plan.kind === 'comparison' && Array.isArray(plan.runs)) {
      return plan as ComparisonPlan;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new RlpromptError({
    code: 'E_COMPARISON_FILE',
    exit: 'data',
    message: `${PLAN} is damaged or of another version`,
    where: file,
    kept: 'the runs beside it',
    next: `rlprompt report ${path}/*/ shows them side by side`,
  });
}

function differs(path: string): RlpromptError {
  return new RlpromptError({
    code: 'E_COMPARISON_DIFFERS',
    exit: 'cannotCreate',
    message: `${path} holds another comparison`,
    where: '--out',
    kept: 'that comparison is unchanged',
    next: `rlprompt compare ${shellWord(path)} resumes it; --out DIR begins another`,
  });
}
