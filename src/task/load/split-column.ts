import { columnIndex, type Table } from '../../data/table.js';
import { RlpromptError } from '../../errors.js';
import type { Split } from '../types.js';
import { splitNamed } from './split-files.js';

const USUAL_NAME = 'split';

/**
 * The tables of the splits that a column names. Undefined where no column is asked for and none is called `split`, or
 * the one that is says something else.
 *
 * @throws RlpromptError `E_DATA_SPLIT_COLUMN` for a column asked for that names no train rows, or holds other words
 */
export function tablesBySplit(table: Table, asked: string | undefined): Partial<Record<Split, Table>> | undefined {
  if (asked === undefined && !table.columns.includes(USUAL_NAME)) return undefined;
  const name = asked ?? USUAL_NAME;
  const index = columnIndex(table, name, '--split-column');
  const splits = table.rows.map((row) => splitNamed(row.values[index] ?? ''));
  const stranger = splits.indexOf(undefined);
  if (stranger !== -1 || !splits.includes('train')) {
    if (asked === undefined) return undefined;
    throw wrongColumn(table, name, stranger === -1 ? undefined : table.rows[stranger]?.values[index]);
  }
  const part = (split: Split) => ({ ...table, warnings: [], rows: table.rows.filter((_, i) => splits[i] === split) });
  return Object.fromEntries([...new Set(splits)].map((split) => [split!, part(split!)]));
}

function wrongColumn(table: Table, name: string, value: string | undefined): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_SPLIT_COLUMN',
    exit: 'data',
    message:
      value === undefined
        ? `the column "${name}" puts no row into train`
        : `the column "${name}" holds ${JSON.stringify(value)}, which is none of train, dev (or validation) and test`,
    where: table.file,
    next: 'name another column with --split-column, or leave it out and let rows be drawn',
  });
}
