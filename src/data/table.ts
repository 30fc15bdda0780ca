import { nearestWord, RlpromptError } from '../errors.js';
import { quotedList } from '../quoted-list.js';
import { shellWord } from '../shell-word.js';

/** One record of a data file. */
export interface TableRow {
  /** Line of the file on which the record starts, from 1. */
  readonly line: number;
  /** In the order of the table's columns. */
  readonly values: readonly string[];
  /** The object as a JSON file has it, whose values need not be texts. */
  readonly json?: string;
}

export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  readonly warnings: readonly string[];
  /** Of the file's bytes. */
  readonly sha256: string;
}

/**
 * Index of a column; a wrong name is answered with the columns there are.
 * @param hint what to do where no column has a similar name
 */
export function columnIndex(table: Table, name: string, flag: string, hint = proposeColumns(table.file, flag)): number {
  const index = table.columns.indexOf(name);
  if (index >= 0) return index;
  const near = nearestWord(name, table.columns);
  throw new RlpromptError({
    code: 'E_DATA_COLUMN',
    exit: 'data',
    message: `there is no column "${name}"; the columns are ${quotedList(table.columns)}`,
    where: `${table.file}:1`,
    next: near === undefined ? hint : `did you mean ${flag} ${near}?`,
  });
}

/** What to do about columns that are not there, flags joined by "and". */
export function proposeColumns(source: string, flags: string): string {
  return `name yours with ${flags}; rlprompt check ${shellWord(source)} proposes a command`;
}

/** A row as an object without a prototype, so that a column may be called `__proto__`. */
export function rowFields(table: Table, row: TableRow): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  table.columns.forEach((column, index) => {
    fields[column] = row.values[index] ?? '';
  });
  return fields;
}
