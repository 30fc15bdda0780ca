import type { RunConfig } from '../../config/run-config.js';
import { readTable } from '../../data/read-table.js';
import { columnIndex } from '../../data/table.js';
import { loadLanguageModel } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { zip } from '../../statistics/zip.js';
import { rowsFromTable } from '../../task/assemble/source-row.js';
import { modelOptions } from './model-options.js';
import { openPolicy } from './open-policy.js';

/** What a policy proposes for a row of a data file. */
export interface ProposedRow {
  /** Position among the rows of the file, those that were left out counted too. */
  readonly index: number;
  readonly prompt: string;
  readonly tokenIds: readonly number[];
}

/**
 * The prompts of a run's policy for the rows of a data file, which need no labels: nothing is scored.
 * @param onWarning is told of rows that were left out
 */
export async function proposeRows(
  config: RunConfig,
  runDir: string,
  onWarning: (warning: string) => void,
): Promise<ProposedRow[]> {
  const { task, textColumn = 'text', encoding, allowControl, skipBadRows, onMissing } = config;
  const table = await readTable(task, { encoding, allowControl, skipBadRows });
  for (const warning of table.warnings) onWarning(warning);
  const rows = rowsFromTable(
    table,
    { text: textColumn, label: undefined },
    onMissing === 'skip' ? { onSkip: onWarning } : {},
  );
  const column = columnIndex(table, textColumn, '--text-column');
  const places = [...table.rows.keys()].filter((i) => table.rows[i]!.values[column]?.trim() !== '');
  const loaded: LanguageModel[] = [];
  try {
    const policy = await openPolicy(runDir, async (name) => {
      const model = await loadLanguageModel(name, modelOptions(config));
      loaded.push(model);
      return model;
    });
    const rollouts = await policy.promptsFor(rows.map(({ text }) => text));
    await policy.dispose();
    return Array.from(zip(places, rollouts), ([index, { text, tokenIds }]) => ({ index, prompt: text, tokenIds }));
  } finally {
    for (const model of loaded) await model.dispose();
  }
}
