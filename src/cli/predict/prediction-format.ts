import path from 'node:path';
import { readDataFile } from '../../data/data-file.js';
import { parseLines } from '../../data/parse-lines.js';
import { parseTable, readTable } from '../../data/read-table.js';
import { rowFields, type Table, type TableRow } from '../../data/table.js';
import { RlpromptError } from '../../errors.js';
import type { Prediction } from '../../predict.js';
import { quotedList } from '../../quoted-list.js';
import { toVisibleJson, visibleJsonText } from '../../visible-json.js';
import { readStdin } from '../shared/read-stdin.js';

export const PREDICTION_FORMATS = ['csv', 'tsv', 'jsonl'] as const;

export type PredictionFormat = (typeof PREDICTION_FORMATS)[number];

interface ReadOptions {
  readonly encoding?: string | undefined;
  readonly allowControl?: boolean | undefined;
  readonly skipBadRows?: boolean | undefined;
  /** Each line is a text, and this the name of its column. */
  readonly linesOf?: string | undefined;
}

export interface NewRows {
  readonly table: Table;
  /** What they came as, as the ending of a file says it. */
  readonly kind: string;
}

/** New rows from a file, or from stdin, which is JSON where it begins like it and CSV otherwise. */
export async function readRows(file: string, stdin: NodeJS.ReadStream, options: ReadOptions): Promise<NewRows> {
  const { linesOf } = options;
  if (linesOf !== undefined) {
    const [bytes, source] = file === '-' ? [await readStdin(stdin), 'stdin'] : [await readDataFile(file), file];
    return { table: parseLines(bytes, source, linesOf, options), kind: '.csv' };
  }
  if (file !== '-') return { table: await tellOfLines(() => readTable(file, options)), kind: path.extname(file) };
  const bytes = await readStdin(stdin);
  const kind = /^\s*[[{]/.test(bytes.toString('utf8', 0, 1000)) ? '.jsonl' : '.csv';
  return { table: await tellOfLines(() => parseTable(bytes, 'stdin', { ...options, kind })), kind };
}

const MAY_BE_LINES: ReadonlySet<string> = new Set([
  'E_DATA_RAGGED_ROW',
  'E_DATA_QUOTE',
  'E_DATA_FORMAT',
  'E_DATA_EMPTY',
]);

/** What is no table may be plain lines. */
async function tellOfLines(read: () => Table | Promise<Table>): Promise<Table> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RlpromptError) || !MAY_BE_LINES.has(error.code)) throw error;
    throw new RlpromptError({
      ...error.parts,
      next: `${error.next}; where each line is a text, add --lines`,
      cause: error,
    });
  }
}

/** As asked for, else as the file to write is called, else as the rows came. */
export function chooseFormat(asked: string | undefined, out: string | undefined, kind: string): PredictionFormat {
  const ending = (extension: string) => extension.slice(1).toLowerCase();
  const known = (name: string) => PREDICTION_FORMATS.find((format) => format === name);
  if (asked !== undefined) return known(asked) ?? refuseFormat(asked);
  return (out === undefined ? undefined : known(ending(path.extname(out)))) ?? known(ending(kind)) ?? 'jsonl';
}

/** Rows with what was predicted for them; those without a text have none. */
export interface PredictedRow {
  readonly row: TableRow;
  readonly prediction: Prediction | undefined;
}

/** Writes predictions after the columns that a row has: `predicted`, and a probability per label. */
export class PredictionWriter {
  private readonly added: readonly string[];

  /** @throws RlpromptError `E_PREDICT_COLUMN` where the rows have a column that is to be added */
  constructor(
    private readonly table: Table,
    private readonly labels: readonly string[],
    private readonly format: PredictionFormat,
  ) {
    this.added = ['predicted', ...(format === 'jsonl' ? ['probabilities'] : labels.map((label) => `p(${label})`))];
    const taken = this.added.filter((name) => table.columns.includes(name));
    if (taken.length > 0) throw columnsTaken(taken, table.file);
  }

  header(): string {
    return this.format === 'jsonl' ? '' : this.line([...this.table.columns, ...this.added]);
  }

  rows(predicted: readonly PredictedRow[]): string {
    return predicted.map((one) => (this.format === 'jsonl' ? this.object(one) : this.cells(one))).join('');
  }

  private object({ row, prediction }: PredictedRow): string {
    const { label = null, probabilities = null } = prediction ?? {};
    const added = toVisibleJson({ predicted: label, probabilities }).slice(1);
    const own = ownJson(this.table, row).slice(0, -1).trimEnd();
    return `${own}${own === '{' ? '' : ','}${added}\n`;
  }

  private cells({ row, prediction }: PredictedRow): string {
    const numbers = this.labels.map((label) => String(prediction?.probabilities[label] ?? ''));
    const values = this.table.columns.map((_, i) => row.values[i] ?? '');
    return this.line([...values, prediction?.label ?? '', ...numbers]);
  }

  private line(values: readonly string[]): string {
    if (this.format === 'tsv') return `${values.map((value) => value.replaceAll(/[\t\r\n]+/g, ' ')).join('\t')}\n`;
    const cell = (value: string) => (/[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    return `${values.map(cell).join(',')}\n`;
  }
}

/** A row as an object on one line. What came as JSON stays as it was written: a number's digits, an order of keys. */
function ownJson(table: Table, row: TableRow): string {
  if (row.json === undefined) return toVisibleJson(rowFields(table, row));
  // In valid JSON, these stand between values only.
  return visibleJsonText(row.json.replaceAll(/[\t\r\n]+/g, ' '));
}

function columnsTaken(names: readonly string[], file: string): RlpromptError {
  return new RlpromptError({
    code: 'E_PREDICT_COLUMN',
    exit: 'data',
    message: `the rows already have ${names.length === 1 ? 'a column' : 'columns'} ${quotedList(names)}, which predict would write`,
    where: file,
    next: `rename ${names.length === 1 ? 'it' : 'them'}, or name a file without ${names.length === 1 ? 'it' : 'them'}`,
  });
}

function refuseFormat(name: string): never {
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `got ${JSON.stringify(name)}, expected ${PREDICTION_FORMATS.join(', ')}`,
    where: '--format',
    next: `--format ${PREDICTION_FORMATS[0]}`,
  });
}
