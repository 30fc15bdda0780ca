import { dirname, join } from 'node:path';
import { RlpromptError } from '../errors.js';
import type { UnnumberedEvent } from '../events.js';
import type { ExportedFile } from '../export/contract/exported-prompt.js';
import { readRunRecord } from '../export/run-record.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { makeFolder } from '../files/write/make-folder.js';
import { packageVersion } from '../package-root.js';
import type { RunStore } from '../run/store/run-store.js';
import type { SearchGoal } from './search-goal.js';

/**
 * Writes the best prompt so far beside the run's other files: as json into `export.json`, else into a folder of the
 * format. Before the first evaluation there is none.
 *
 * @returns the event that says what was written, or why nothing was
 */
export function exportBest(store: RunStore, goal: SearchGoal, format: string): UnnumberedEvent {
  if (!store.readBest()) {
    const message = 'no prompt has been evaluated yet';
    return { type: 'warning', code: 'nothing-to-export', message, hint: 'evaluate first, then export' };
  }
  try {
    const files = goal.exportFiles(readRunRecord(store.path), packageVersion(), format);
    return { type: 'prompt-exported', file: writeFiles(store.path, files, format) };
  } catch (error) {
    if (!(error instanceof RlpromptError)) throw error;
    const { message, next: hint } = error;
    return { type: 'warning', code: 'export-refused', message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** @returns the one file that was written, or the folder of several */
function writeFiles(runDir: string, files: readonly ExportedFile[], format: string): string {
  const [first] = files;
  if (format === 'json' && first) {
    const file = join(runDir, 'export.json');
    atomicWrite(file, first.text);
    return file;
  }
  const folder = join(runDir, 'exports', format);
  for (const { path, text } of files) {
    makeFolder(dirname(join(folder, path)));
    atomicWrite(join(folder, path), text);
  }
  return files.length === 1 && first ? join(folder, first.path) : folder;
}
