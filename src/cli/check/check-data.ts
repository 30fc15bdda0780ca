import { readdirSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import type { ResolvedRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfig } from '../../config/run-config.js';
import type { Table } from '../../data/table.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import { loadLanguageModel } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { type InputLengths, measureInputs } from '../../rewards/classification/input-lengths.js';
import { checkTemplateSource, templateFor } from '../../run/prepare/configured-task.js';
import { modelOptions } from '../../run/prepare/model-options.js';
import { type ShownRow, showRow } from '../../run/prepare/shown-row.js';
import { shellWord } from '../../shell-word.js';
import { zip } from '../../statistics/zip.js';
import { countLabels } from '../../task/assemble/label-values.js';
import { rowsFromTable, type SourceRow } from '../../task/assemble/source-row.js';
import { builtInTaskNames } from '../../task/load/built-in-tasks.js';
import { readTables } from '../../task/load/data-task.js';
import { dataFilesOf, loadTask } from '../../task/load/load-task.js';
import type { SplitFiles } from '../../task/load/split-files.js';
import type { Split, Task } from '../../task/types.js';
import { type ColumnFacts, describeColumns, guessColumns } from './data-columns.js';
import { type ProposedSettings, proposeSettings } from './propose-settings.js';

/** The most texts that are measured in tokens. */
const MEASURED = 2000;

export interface DataCheck {
  readonly data: string;
  /** Rows by the split that the data puts them into; without one, all are train. */
  readonly rows: Readonly<Partial<Record<Split, number>>>;
  readonly columns: readonly ColumnFacts[];
  readonly textColumn: string;
  readonly labelColumn: string;
  readonly labels: readonly { readonly label: string; readonly count: number }[];
  /** Rows without a text or a label. */
  readonly missing: number;
  /** Rows whose text an earlier row of the same split has, and those of them with a different label there. */
  readonly duplicates: number;
  readonly contradictions: number;
  /** Texts that two splits of the data share: a score on the second says too much. */
  readonly leaks: readonly { readonly splits: readonly [Split, Split]; readonly texts: number }[];
  readonly proposed: ProposedSettings;
  /** What a run with the proposed settings would work with; missing where it would be refused. */
  readonly run?: RunFacts;
  readonly problem?: RlpromptError;
}

export interface RunFacts extends ShownRow {
  readonly sizes: Readonly<Record<Split, number>>;
  readonly warnings: readonly string[];
  readonly target: string;
  readonly lengths?: LengthFacts;
}

interface LengthFacts {
  readonly contextLength: number;
  readonly measured: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  readonly tooLong: number;
}

/**
 * Looks at data files as a run would: what is in them, what a run would make of it, and what it needs to be told.
 *
 * @throws RlpromptError `E_USAGE` for what is no data file, and whatever keeps the file from being read
 */
export async function checkData({ config, sources }: ResolvedRunConfig): Promise<DataCheck> {
  const files = dataFilesOf(config.task);
  if (files === undefined)
    throw builtInTaskNames().includes(config.task) || isThere(config.task)
      ? noData(config.task)
      : notFound(config.task);
  const tables = await readTables({ ...files, ...givenFiles(config) }, config);
  const given = new Set(Object.entries(sources).flatMap(([key, source]) => (source === 'default' ? [] : [key])));
  const all = Object.values(tables);
  const columns = describeColumns(joined(all));
  const guessed = guessColumns(columns);
  const text = config.textColumn ?? guessed.text ?? 'text';
  const label = config.labelColumn ?? guessed.label ?? 'label';
  const rowsOf = (table: Table) => rowsFromTable(table, { text, label }, { onSkip: () => undefined });
  const splits = all.map(rowsOf);
  const kept = splits.flat();
  const missing = all.reduce((sum, table) => sum + table.rows.length, 0) - kept.length;
  const counts = countLabels(kept);
  const once = new Map(
    rowsOf(tables.train)
      .toReversed()
      .map((row) => [row.text, row]),
  );
  const trainCounts = countLabels([...once.values()]);
  const [hasDev, hasTest] = [tables.dev !== undefined, tables.test !== undefined];
  const facts = { text, label, counts, trainCounts, missing, hasDev, hasTest };
  const proposed = proposeSettings(facts, given, config);
  const found = {
    data: config.task,
    rows: Object.fromEntries(Object.entries(tables).map(([split, table]) => [split, table.rows.length])),
    columns,
    textColumn: text,
    labelColumn: label,
    labels: counts.map(([name, count]) => ({ label: name, count })),
    missing,
    ...countDuplicates(splits),
    leaks: findLeaks(Object.keys(tables) as Split[], splits),
  };
  return { ...found, ...(await tryRun({ ...config, textColumn: text, labelColumn: label, ...proposed }, proposed)) };
}

/** What a run would make of the data, with what to say about texts that are too long. */
async function tryRun(config: RunConfig, proposed: ProposedSettings) {
  try {
    const task = await loadTask(config.task, config);
    checkTemplateSource(task);
    const targetLm = await loadLanguageModel(config.target, modelOptions(config));
    try {
      const run = await describeRun(task, targetLm, config);
      const { tooLong, measured } = run.lengths ?? { tooLong: 0, measured: 1 };
      const isCut = config.truncate === undefined && tooLong > measured / 2;
      return { proposed: isCut ? { ...proposed, truncate: 'middle' as const } : proposed, run };
    } finally {
      await targetLm.dispose();
    }
  } catch (error) {
    if (!(error instanceof RlpromptError)) throw error;
    return { proposed, problem: error };
  }
}

async function describeRun(task: Task, targetLm: LanguageModel, config: RunConfig): Promise<RunFacts> {
  const { train, dev, test } = task.splits;
  const template = await templateFor(task, targetLm, config);
  const texts = [...new Set([...train, ...dev, ...test].map((example) => example.text))].slice(0, MEASURED);
  const lengths = measureInputs(texts, { task, targetLm, template, settings: config });
  return {
    sizes: { train: train.length, dev: dev.length, test: test.length },
    warnings: task.warnings,
    target: targetLm.name,
    ...(lengths && { lengths: summarise(lengths) }),
    ...showRow(task, targetLm, template, train[0]?.text ?? ''),
  };
}

function summarise({ tokens, contextLength }: InputLengths): LengthFacts {
  const sorted = [...tokens].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const tooLong = sorted.filter((length) => length > contextLength).length;
  return { contextLength, measured: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1), tooLong };
}

function countDuplicates(splits: readonly (readonly SourceRow[])[]): { duplicates: number; contradictions: number } {
  let duplicates = 0;
  let contradictions = 0;
  for (const rows of splits) {
    const first = new Map<string, string | undefined>();
    for (const { text, label } of rows) {
      if (!first.has(text)) first.set(text, label);
      else {
        duplicates++;
        if (first.get(text) !== label) contradictions++;
      }
    }
  }
  return { duplicates, contradictions };
}

function findLeaks(names: readonly Split[], splits: readonly (readonly SourceRow[])[]): DataCheck['leaks'] {
  const texts = Array.from(zip(names, splits), ([name, rows]) => ({
    name,
    texts: new Set(rows.map(({ text }) => text)),
  }));
  return texts.flatMap(({ name: one, texts: own }, i) =>
    texts.slice(i + 1).flatMap(({ name: other, texts: others }) => {
      const shared = [...others].filter((text) => own.has(text)).length;
      return shared === 0 ? [] : [{ splits: [one, other] as const, texts: shared }];
    }),
  );
}

/** Tables with the same columns as one. */
function joined(tables: readonly Table[]): Table {
  const [first, ...others] = tables as [Table, ...Table[]];
  const rows = others.flatMap((table) =>
    table.rows.map(({ line, values }) => ({
      line,
      values: first.columns.map((name) => values[table.columns.indexOf(name)] ?? ''),
    })),
  );
  return { ...first, rows: [...first.rows, ...rows] };
}

function givenFiles({ dev, test }: RunConfig): Partial<SplitFiles> {
  return { ...(dev !== undefined && { dev }), ...(test !== undefined && { test }) };
}

/** A name that stands for nothing; a data file with an ending says itself that it is missing. */
function notFound(reference: string): RlpromptError {
  const near = [nearestWord(reference, builtInTaskNames()), nearestFile(reference)].filter(
    (name) => name !== undefined,
  );
  const similar = near.length === 0 ? '' : `; similar: ${near.join(', ')}`;
  return new RlpromptError({
    code: 'E_TASK_NOT_FOUND',
    exit: 'missingInput',
    message: `no task is called ${reference}, and there is no such file${similar}`,
    next: 'rlprompt tasks lists those that are built in',
  });
}

/** The data file, or folder of them, beside it whose name, with its ending or without, is most like the one that was typed. */
function nearestFile(reference: string): string | undefined {
  const folder = dirname(reference);
  const names = namesIn(folder).filter((name) => dataFilesOf(join(folder, name)) !== undefined);
  const byStem = new Map(names.flatMap((name) => [parse(name).name, name].map((known) => [known, name])));
  const near = nearestWord(basename(reference), byStem.keys());
  const found = near === undefined ? undefined : byStem.get(near);
  return found === undefined ? undefined : join(folder, found);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is not there, or not ours to read: it holds nothing to propose.
    return [];
  }
}

function noData(reference: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: 'check looks at data files, and at folders with train.*, dev.* and test.*',
    where: reference,
    next: `rlprompt tasks check ${shellWord(reference)}`,
  });
}
