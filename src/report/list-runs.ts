import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RlpromptError } from '../errors.js';
import type { RunEvent } from '../events.js';
import { hasErrno } from '../files/file-system.js';
import { toIoError } from '../files/io-error.js';
import { isLockHeld } from '../files/lock/lock.js';
import { isThere } from '../files/read/is-there.js';
import { readBest } from '../run/store/best-file.js';
import { readEvents } from '../run/store/logs/event-log.js';
import { readManifest } from '../run/store/run-manifest.js';
import { endingOf, type RunEnding } from './run-report.js';

export interface ListedRun {
  readonly runDir: string;
  /** `killed` is one that ended without a word; it can be resumed like a stopped one. */
  readonly state: Exclude<RunEnding, 'open'> | 'running' | 'killed';
  /** ISO 8601. */
  readonly created: string;
  readonly task: string;
  readonly trainer: string;
  readonly targetLm: string;
  readonly seed: number;
  readonly steps: number;
  /** The best prompt so far, with the metric that decides. */
  readonly prompt: string | undefined;
  readonly dev: number | undefined;
  readonly test: number | undefined;
}

/** The runs directly in a folder, newest first; one that cannot be read says why. */
export function listRuns(dir: string): (ListedRun | { readonly runDir: string; readonly unreadable: string })[] {
  const runDirs = folderNames(dir)
    .map((name) => join(dir, name))
    .filter(mayBeRun);
  return runDirs.map(describeOrSay).sort((a, b) => (createdOf(b) > createdOf(a) ? 1 : -1));
}

/** One that may not be looked into is listed, with the reason. */
function mayBeRun(path: string): boolean {
  try {
    return isThere(join(path, 'run.json'));
  } catch {
    return true;
  }
}

function describeOrSay(runDir: string): ReturnType<typeof listRuns>[number] {
  try {
    return describe(runDir);
  } catch (error) {
    if (!(error instanceof RlpromptError)) throw error;
    return { runDir, unreadable: error.message };
  }
}

function describe(runDir: string): ListedRun {
  const { created, task, targetLm, seed, config } = readManifest(runDir);
  const events = isThere(join(runDir, 'events.jsonl')) ? [...readEvents(runDir)] : [];
  const start = events.find((event) => event.type === 'run-start');
  const best = readBest(runDir);
  const metric = start?.metric ?? 'accuracy';
  return {
    runDir,
    state: stateOf(runDir, events.at(-1)),
    created,
    task,
    trainer: start?.trainer ?? String(config.trainer ?? ''),
    targetLm,
    seed,
    steps: events.findLast((event) => event.type === 'step-end')?.step ?? 0,
    prompt: best?.prompt.text,
    dev: best?.prompt.dev?.[metric],
    test: best?.result?.best.test[metric],
  };
}

function stateOf(runDir: string, last: RunEvent | undefined): ListedRun['state'] {
  if (isLockHeld(join(runDir, 'lock'))) return 'running';
  const ending = endingOf(last);
  return ending === 'open' ? 'killed' : ending;
}

function createdOf(run: ReturnType<typeof listRuns>[number]): string {
  return 'created' in run ? run.created : '';
}

function folderNames(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (cause) {
    if (hasErrno(cause, 'EACCES', 'EPERM')) throw toIoError(cause, { action: 'read', path: dir });
    throw new RlpromptError({
      code: 'E_NO_RUNS',
      exit: 'missingInput',
      message: `there is no folder ${JSON.stringify(dir)} with runs in it`,
      where: dir,
      next: 'rlprompt run spam makes runs/, or name the folder that --out led to',
      cause,
    });
  }
}
