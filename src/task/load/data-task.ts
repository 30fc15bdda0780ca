import path from 'node:path';
import { kShotSplit } from '../../data/k-shot-split.js';
import { readTable } from '../../data/read-table.js';
import { assembleTask } from '../assemble-task.js';
import { checkSplits } from '../define/check-splits.js';
import { taskLabels } from '../task-labels.js';
import type { Task } from '../types.js';
import type { LoadTaskOptions } from './load-task-options.js';
import { rowsFromTable } from './source-row.js';

/** A data file as a classification task: split by seed and shots, or scored whole. */
export async function loadDataTask(file: string, options: LoadTaskOptions): Promise<Task> {
  const table = await readTable(file, options);
  const rows = rowsFromTable(table, { text: options.textColumn ?? 'text', label: options.labelColumn ?? 'label' });
  const unsplit = { train: [], dev: [], test: rows };
  // Before the split, which would take a mistyped label for a label with too few rows.
  checkSplits(unsplit, {
    kind: 'classification',
    labels: taskLabels(unsplit, options.verbalizer),
    source: file,
    testOnly: true,
  });
  const { splits, warnings } = options.testOnly
    ? { splits: unsplit, warnings: [] }
    : kShotSplit(rows, { seed: options.seed, shots: options.shots, source: file });
  return assembleTask(
    {
      definition: { name: nameOf(file), kind: 'classification', description: `rows of ${path.basename(file)}` },
      splits,
      source: file,
      file: undefined,
      warnings: [...table.warnings, ...warnings],
      testOnly: options.testOnly ?? false,
    },
    options,
  );
}

function nameOf(file: string): string {
  const name = path
    .parse(file)
    .name.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'data' : name.slice(0, 60);
}
