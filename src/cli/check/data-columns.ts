import type { Table } from '../../data/table.js';

/** What a column of a data file holds. */
export interface ColumnFacts {
  readonly name: string;
  /** Rows with a value. */
  readonly filled: number;
  readonly distinct: number;
  /** Mean length of the values in characters. */
  readonly meanLength: number;
  readonly example: string;
}

const LABEL_NAMES = /label|class|categor|sentiment|stars?\b|rating|target|sterne|polarity|topic|intent|^y$/i;
const TEXT_NAMES = /text|review|sentence|message|comment|body|content|tweet|mail|input/i;
/** Values that a class column has at most, and rows per value that it has at least. */
const MOST_CLASSES = 20;
const LEAST_PER_CLASS = 3;

export function describeColumns({ columns, rows }: Table): ColumnFacts[] {
  return columns.map((name, index) => {
    const values = rows.map((row) => (row.values[index] ?? '').trim()).filter((value) => value !== '');
    const characters = values.reduce((sum, value) => sum + value.length, 0);
    return {
      name,
      filled: values.length,
      distinct: new Set(values).size,
      meanLength: values.length === 0 ? 0 : characters / values.length,
      example: values[0] ?? '',
    };
  });
}

/** The columns that most likely hold texts and labels; undefined where none looks like it. */
export function guessColumns(columns: readonly ColumnFacts[]): { text: string | undefined; label: string | undefined } {
  const usual = (name: string) => columns.find((column) => column.name === name)?.name;
  const label =
    usual('label') ??
    best(columns.filter(looksLikeClasses), (column) => [Number(LABEL_NAMES.test(column.name)), -column.distinct]);
  const others = columns.filter((column) => column.name !== label && column.filled > 0);
  const text =
    usual('text') ??
    best(others, (column) => [
      Number(TEXT_NAMES.test(column.name) && column.distinct > MOST_CLASSES),
      column.meanLength,
    ]);
  return { text, label };
}

function looksLikeClasses({ name, distinct, filled }: ColumnFacts): boolean {
  return name !== 'split' && distinct >= 2 && distinct <= MOST_CLASSES && filled >= LEAST_PER_CLASS * distinct;
}

/** The name of the column whose numbers are largest, the first number first; the earlier column where all are equal. */
function best(columns: readonly ColumnFacts[], rank: (column: ColumnFacts) => readonly number[]): string | undefined {
  const compare = (a: ColumnFacts, b: ColumnFacts) => {
    const [ofA, ofB] = [rank(a), rank(b)];
    return ofA.map((value, i) => (ofB[i] ?? 0) - value).find((difference) => difference !== 0) ?? 0;
  };
  return [...columns].sort(compare)[0]?.name;
}
