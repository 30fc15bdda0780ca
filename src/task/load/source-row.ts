import { columnIndex, rowFields, type Table } from '../../data/table.js';
import { RlpromptError } from '../../errors.js';
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

/** The rows of a table as examples; text and label are trimmed, and neither may be empty. */
export function rowsFromTable(table: Table, names: ColumnNames): SourceRow[] {
  const textIndex = columnIndex(table, names.text, '--text-column');
  const labelIndex = names.label === undefined ? undefined : columnIndex(table, names.label, '--label-column');
  return table.rows.map((row) => {
    const where = `${table.file}:${row.line}`;
    const label = labelIndex === undefined ? undefined : filled(row.values[labelIndex], names.label!, where);
    return { text: filled(row.values[textIndex], names.text, where), label, fields: rowFields(table, row), where };
  });
}

/** Examples that a task file holds itself. */
export function rowsFromArrays(splits: Readonly<Record<Split, readonly ExampleSource[]>>, file: string): SourceSplits {
  const rows = (split: Split) =>
    splits[split].map(({ text, label, fields }, index) => {
      const where = `${file}, examples.${split}[${index}]`;
      return { text: filled(text, 'text', where), label: label?.toString().trim(), fields: fields ?? {}, where };
    });
  return { train: rows('train'), dev: rows('dev'), test: rows('test') };
}

function filled(value: string | undefined, column: string, where: string): string {
  const trimmed = (value ?? '').trim();
  if (trimmed !== '') return trimmed;
  throw new RlpromptError({
    code: 'E_DATA_EMPTY_VALUE',
    exit: 'data',
    message: `the value of "${column}" is empty`,
    where,
    next: 'fill it in, or take the row out',
  });
}
