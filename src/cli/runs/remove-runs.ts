import { resolve } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { removeRun, requireOwnFiles } from '../../run/store/own-files.js';
import { openRunFolder } from '../../run/store/run-folder.js';
import { shellWord } from '../../shell-word.js';
import { safeText } from '../../ui/draw/safe-text.js';
import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';
import { askIn } from '../shared/ask.js';

/**
 * Removes run folders, all of them checked and locked before the first is touched.
 * @throws RlpromptError E_RUN_NOT_FOUND, E_NOT_A_RUN, E_MANIFEST, E_FOREIGN_FILES, E_RUN_LOCKED, or E_NOT_CONFIRMED where nobody can be asked
 */
export async function removeRuns(
  given: readonly string[],
  { isSure }: { isSure: boolean },
  context: CliContext,
): Promise<void> {
  // A folder that is named twice, in whatever way, is one.
  const paths = given.map((runDir) => resolve(runDir));
  const runDirs = given.filter((runDir, i) => paths.indexOf(resolve(runDir)) === i);
  for (const runDir of runDirs) requireOwnFiles(runDir);
  if (!isSure && !(await confirm(runDirs, context))) throw notConfirmed(runDirs);
  const folders = [];
  try {
    for (const runDir of runDirs) folders.push(openRunFolder(runDir, { now: new Date() }));
    for (const { path } of folders) {
      removeRun(path);
      writeResult(context, `removed ${safeText(path)}\n`);
    }
  } finally {
    for (const folder of folders) folder.close();
  }
}

async function confirm(runDirs: readonly string[], context: CliContext): Promise<boolean> {
  if (!context.stdin.isTTY || !context.stderr.isTTY) return false;
  const ask = await askIn(context, { message: 'no run was removed', next: 'rlprompt runs list' });
  return /^y(es)?$/i.test(await ask(`Remove ${runDirs.join(', ')} for good (yes, no)`, 'no'));
}

function notConfirmed(runDirs: readonly string[]): RlpromptError {
  return new RlpromptError({
    code: 'E_NOT_CONFIRMED',
    exit: 'usage',
    message: 'removing a run needs a yes',
    kept: 'no run was removed',
    next: `rlprompt runs remove ${runDirs.map(shellWord).join(' ')} --yes`,
  });
}
