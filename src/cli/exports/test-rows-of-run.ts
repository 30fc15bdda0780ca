import { currentSettings } from '../../config/removed-settings.js';
import { completeRunConfig } from '../../config/resolve-run-config.js';
import type { ExportedRow } from '../../export/contract/exported-prompt.js';
import type { RunRecord } from '../../export/run-record.js';
import { loadConfiguredTask } from '../../run/prepare/configured-task.js';

/** The test split of a run's task, as the run drew it; undefined where rows have no labels. */
export async function readTestRows({ manifest }: RunRecord): Promise<readonly ExportedRow[] | undefined> {
  const task = await loadConfiguredTask(completeRunConfig(currentSettings(manifest.config)));
  const rows = task.splits.test.flatMap(({ text, label }) => (label === undefined ? [] : [{ text, label }]));
  return rows.length === 0 ? undefined : rows;
}
