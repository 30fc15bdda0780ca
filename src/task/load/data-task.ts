import path from 'node:path';
import { kShotSplit } from '../../data/k-shot-split.js';
import { type ReadTableOptions, readTable } from '../../data/read-table.js';
import { together } from '../../data/row-faults.js';
import type { Table } from '../../data/table.js';
import { RlpromptError } from '../../errors.js';
import { assembleTask } from '../assemble/assemble-task.js';
import { checkSplits } from '../assemble/check-splits.js';
import {
  countLabels,
  joinLabels,
  keepLabels,
  lookalikeLabels,
  namedLabels,
  refuseUnlabelling,
} from '../assemble/label-values.js';
import type { LoadTaskOptions } from '../assemble/load-task-options.js';
import { scaleHint } from '../assemble/scale.js';
import { rowsFromTable, type SourceRow } from '../assemble/source-row.js';
import { taskLabels } from '../assemble/task-labels.js';
import type { Split, Task } from '../types.js';
import { tablesBySplit } from './split-column.js';
import type { SplitFiles } from './split-files.js';

/** Rows by split, as far as the data says; without a dev or test split of their own they all are train. */
export type DataRows = { readonly train: readonly SourceRow[] } & {
  readonly [split in 'dev' | 'test']?: readonly SourceRow[] | undefined;
};

/** Data files as a classification task: split by seed and shots where they are not split already, or scored whole. */
export async function loadDataTask(files: SplitFiles, source: string, options: LoadTaskOptions): Promise<Task> {
  const warnings: string[] = [];
  const given = await readDataRows(files, source, options, (warning) => warnings.push(warning));
  const all = { train: [], dev: [], test: [...given.train, ...(given.dev ?? []), ...(given.test ?? [])] };
  // Before the split, which would take a mistyped label for a label with too few rows.
  const labels = options.ofRun?.labels ?? taskLabels(all, options.verbalizer);
  checkSplits(all, { kind: 'classification', labels, source, testOnly: true });
  const splits = options.testOnly
    ? { train: given.dev || given.test ? given.train : [], dev: given.dev ?? [], test: given.test ?? given.train }
    : drawSplits(given, source, options, warnings);
  return assembleTask(
    {
      definition: { name: nameOf(source), kind: 'classification', description: `rows of ${path.basename(source)}` },
      splits,
      source,
      file: undefined,
      warnings,
      testOnly: options.testOnly ?? false,
    },
    options,
  );
}

function drawSplits(given: DataRows, source: string, { seed, shots }: LoadTaskOptions, warnings: string[]) {
  const { splits, warnings: told } = kShotSplit(given, { seed, shots, source });
  warnings.push(...told);
  return splits;
}

/** The rows that take part, by split, with what is left out or odd told. */
export async function readDataRows(
  files: SplitFiles,
  source: string,
  options: LoadTaskOptions,
  onWarning: (warning: string) => void,
): Promise<DataRows> {
  const faults: RlpromptError[] = [];
  const tables = await readTables(files, { ...options, onFault: (fault) => faults.push(fault) });
  for (const { warnings } of Object.values(tables)) for (const warning of warnings) onWarning(warning);
  const names = { text: options.textColumn ?? 'text', label: options.labelColumn ?? 'label' };
  const onSkip = options.onMissing === 'skip' ? onWarning : undefined;
  const rowsOf = (table: Table | undefined) => {
    try {
      return table && rowsFromTable(table, names, { onSkip, source });
    } catch (error) {
      if (!(error instanceof RlpromptError)) throw error;
      faults.push(error);
      return [];
    }
  };
  const [train, dev, test] = [rowsOf(tables.train) ?? [], rowsOf(tables.dev), rowsOf(tables.test)];
  const [first, ...others] = faults;
  if (first) throw together([first, ...others]);
  const all = [...train, ...(dev ?? []), ...(test ?? [])];
  const labels = namedLabels(options);
  const isTold = labels !== undefined || options.labels !== undefined;
  if (!isTold) refuseUnlabelling(all, names.label, source);
  const kept = new Set(keepLabels(all, options.labels, { source, onSkip: onWarning }));
  const join = (rows: readonly SourceRow[]) =>
    joinLabels(
      rows.filter((row) => kept.has(row)),
      labels,
    );
  const joined = { train: join(train), dev: dev && join(dev), test: test && join(test) };
  for (const warning of lookalikeLabels([...joined.train, ...(joined.dev ?? []), ...(joined.test ?? [])])) {
    onWarning(warning);
  }
  const hint = isTold ? undefined : scaleHint(countLabels(all).map(([label]) => label));
  if (hint !== undefined) onWarning(hint);
  return joined;
}

/** The tables of a data set by split; without one of their own, all rows are train. */
export async function readTables(
  files: SplitFiles,
  options: LoadTaskOptions & Pick<ReadTableOptions, 'onFault'>,
): Promise<Partial<Record<Split, Table>> & { readonly train: Table }> {
  const read = async (file: string | undefined) => (file === undefined ? undefined : await readTable(file, options));
  const whole = await readTable(files.train, options);
  const [dev, test] = [await read(files.dev), await read(files.test)];
  const ofColumn = tablesBySplit(whole, options.splitColumn);
  const train = ofColumn?.train && { ...ofColumn.train, warnings: whole.warnings };
  return { ...ofColumn, train: train ?? whole, ...(dev && { dev }), ...(test && { test }) };
}

function nameOf(source: string): string {
  const name = path
    .parse(path.resolve(source))
    .name.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'data' : name.slice(0, 60);
}
