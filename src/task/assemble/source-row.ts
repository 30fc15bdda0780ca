import { listLines } from '../../data/row-faults.js';
import { columnIndex, proposeColumns, rowFields, type Table } from '../../data/table.js';
import { RlpromptError } from '../../errors.js';
import { groupDigits } from '../../group-digits.js';
import { shellWord } from '../../shell-word.js';
import type { ExampleSource, Split } from '../types.js';

/** An example before its label is looked up. */
export interface SourceRow {
  readonly text: string;
  readonly label: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  /** File and line, or split and position: where a message points. */
  readonly where: string;
}

export type SourceSplits = Readonly<Record<Split, readonly SourceRow[]>>;

export interface ColumnNames {
  readonly text: string;
  /** Undefined where the task does without labels. */
  readonly label: string | undefined;
}

/** What to do with rows that lack a text or a label. */
export type OnMissing = 'error' | 'skip';

/**
 * The rows of a table as examples; text and label are trimmed, and neither may be empty.
 *
 * @param options.onSkip is told of rows that were left out, and how many; without it an empty value is refused
 * @param options.source what `rlprompt check` looks at, where that is not the file of the table
 */
export function rowsFromTable(
  table: Table,
  names: ColumnNames,
  {
    onSkip,
    source = table.file,
  }: { readonly onSkip?: ((warning: string) => void) | undefined; readonly source?: string } = {},
): SourceRow[] {
  const lacksLabels = names.label !== undefined && !table.columns.includes(names.label);
  const flags = lacksLabels ? '--text-column and --label-column' : '--text-column';
  const hint = proposeColumns(source, flags);
  const textIndex = columnIndex(table, names.text, '--text-column', hint);
  const labelIndex =
    names.label === undefined
      ? undefined
      : columnIndex(table, names.label, '--label-column', proposeColumns(source, '--label-column'));
  const missing: MissingValue[] = [];
  const rows = table.rows.flatMap((row): SourceRow[] => {
    const where = `${table.file}:${row.line}`;
    const text = (row.values[textIndex] ?? '').trim();
    const label = labelIndex === undefined ? undefined : (row.values[labelIndex] ?? '').trim();
    if (text !== '' && label !== '') return [{ text, label, fields: rowFields(table, row), where }];
    missing.push({ where, column: text === '' ? names.text : names.label! });
    return [];
  });
  if (missing.length === 0) return rows;
  if (!onSkip || rows.length === 0) throw missingValues(missing, table.rows.length, source);
  onSkip(
    `${groupDigits(missing.length)} of ${groupDigits(table.rows.length)} rows of ${table.file} left out: ${countColumns(missing)}`,
  );
  return rows;
}

/** Examples that a task file holds itself. */
export function rowsFromArrays(splits: Readonly<Record<Split, readonly ExampleSource[]>>, file: string): SourceSplits {
  const rows = (split: Split) =>
    splits[split].map(({ text, label, fields }, index) => {
      const where = `${file}, examples.${split}[${index}]`;
      if (text.trim() === '') throw missingValues([{ where, column: 'text' }], splits[split].length);
      return { text: text.trim(), label: label?.toString().trim(), fields: fields ?? {}, where };
    });
  return { train: rows('train'), dev: rows('dev'), test: rows('test') };
}

interface MissingValue {
  readonly where: string;
  readonly column: string;
}

/** `"stars" is empty in 17, "text" in 2`. */
function countColumns(missing: readonly MissingValue[]): string {
  const counts = new Map<string, number>();
  for (const { column } of missing) counts.set(column, (counts.get(column) ?? 0) + 1);
  return [...counts]
    .map(([column, count], i) => `"${column}"${i === 0 ? ' is empty' : ''} in ${groupDigits(count)}`)
    .join(', ');
}

/** Where rows have a line. */
function linesOf(missing: readonly MissingValue[]): string {
  const lines = missing.flatMap(({ where }) => /:(\d+)$/.exec(where)?.[1] ?? []).map(Number);
  return lines.length === missing.length ? `; ${listLines(lines)}` : '';
}

/** @param source what `rlprompt check` looks at; undefined for examples that a task file holds */
function missingValues(missing: readonly MissingValue[], of: number, source?: string): RlpromptError {
  const [first] = missing as [MissingValue];
  const all = source === undefined ? '' : `; all flags it needs: rlprompt check ${shellWord(source)}`;
  return new RlpromptError({
    code: 'E_DATA_EMPTY_VALUE',
    exit: 'data',
    message:
      missing.length === 1
        ? `the value of "${first.column}" is empty`
        : `${groupDigits(missing.length)} of ${groupDigits(of)} rows lack a value: ${countColumns(missing)}${linesOf(missing)}`,
    where: first.where,
    next:
      missing.length === of && of > 1
        ? 'name another column with --text-column or --label-column'
        : `fill it in, or leave such rows out with --on-missing skip${all}`,
  });
}
