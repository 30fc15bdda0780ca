import type { RunConfig } from '../../config/run-config.js';
import { readTable } from '../../data/read-table.js';
import { loadLanguageModel } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { rowsFromTable } from '../../task/assemble/source-row.js';
import { modelOptions } from './model-options.js';
import { openPolicy } from './open-policy.js';

/** What a policy proposes for a row of a data file. */
export interface ProposedRow {
  /** Position among the rows. */
  readonly index: number;
  readonly prompt: string;
  readonly tokenIds: readonly number[];
}

/** The prompts of a run's policy for the rows of a data file, which need no labels: nothing is scored. */
export async function proposeRows(config: RunConfig, runDir: string): Promise<ProposedRow[]> {
  const { task, textColumn = 'text', encoding, allowControl, skipBadRows } = config;
  const table = await readTable(task, { encoding, allowControl, skipBadRows });
  const rows = rowsFromTable(table, { text: textColumn, label: undefined });
  const loaded: LanguageModel[] = [];
  try {
    const policy = await openPolicy(runDir, async (name) => {
      const model = await loadLanguageModel(name, modelOptions(config));
      loaded.push(model);
      return model;
    });
    const rollouts = await policy.promptsFor(rows.map(({ text }) => text));
    await policy.dispose();
    return rollouts.map(({ text, tokenIds }, index) => ({ index, prompt: text, tokenIds }));
  } finally {
    for (const model of loaded) await model.dispose();
  }
}
