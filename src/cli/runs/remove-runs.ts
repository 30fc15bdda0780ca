import { createInterface } from 'node:readline/promises';
import { RlpromptError } from '../../errors.js';
import { removeRun, requireOwnFiles } from '../../run/store/own-files.js';
import { openRunFolder } from '../../run/store/run-folder.js';
import { safeText } from '../../ui/draw/safe-text.js';
import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';

/**
 * Removes run folders, all of them checked and locked before the first is touched.
 * @throws RlpromptError E_RUN_NOT_FOUND, E_NOT_A_RUN, E_MANIFEST, E_FOREIGN_FILES, E_RUN_LOCKED, or E_NOT_CONFIRMED where nobody can be asked
 */
export async function removeRuns(
  runDirs: readonly string[],
  { isSure }: { isSure: boolean },
  context: CliContext,
): Promise<void> {
  for (const runDir of runDirs) requireOwnFiles(runDir);
  if (!isSure && !(await confirm(runDirs, context))) throw notConfirmed(runDirs);
  const folders = [];
  try {
    for (const runDir of runDirs) folders.push(openRunFolder(runDir, { now: new Date(), evenFinished: true }));
    for (const { path } of folders) {
      removeRun(path);
      writeResult(context, `removed ${safeText(path)}\n`);
    }
  } finally {
    for (const folder of folders) folder.close();
  }
}

async function confirm(runDirs: readonly string[], { stdin, stderr }: CliContext): Promise<boolean> {
  if (!stdin.isTTY) return false;
  const questions = createInterface({ input: stdin, output: stderr });
  try {
    const what = runDirs.map((runDir) => safeText(runDir)).join(', ');
    return /^y(es)?$/i.test((await questions.question(`Remove ${what} for good? [y/N] `)).trim());
  } finally {
    questions.close();
  }
}

function notConfirmed(runDirs: readonly string[]): RlpromptError {
  return new RlpromptError({
    code: 'E_NOT_CONFIRMED',
    exit: 'usage',
    message: 'removing a run needs a yes',
    kept: 'no run was removed',
    next: `rlprompt runs remove ${runDirs.join(' ')} --yes`,
  });
}
