import path from 'node:path';
import { readDataFile } from '../../data/data-file.js';
import { parseLines } from '../../data/parse-lines.js';
import { parseTable, readTable } from '../../data/read-table.js';
import { rowFields, type Table, type TableRow } from '../../data/table.js';
import { RlpromptError } from '../../errors.js';
import type { Prediction } from '../../predict.js';
import { formatJson } from '../output/output.js';
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
  constructor(
    private readonly table: Table,
    private readonly labels: readonly string[],
    private readonly format: PredictionFormat,
  ) {}

  header(): string {
    if (this.format === 'jsonl') return '';
    return this.line([...this.table.columns, 'predicted', ...this.labels.map((label) => `p(${label})`)]);
  }

  rows(predicted: readonly PredictedRow[]): string {
    return predicted.map((one) => (this.format === 'jsonl' ? this.object(one) : this.cells(one))).join('');
  }

  private object({ row, prediction }: PredictedRow): string {
    const fields = Object.entries(rowFields(this.table, row));
    const { label = null, probabilities = null } = prediction ?? {};
    return `${formatJson({ ...Object.fromEntries(fields), predicted: label, probabilities })}\n`;
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

function refuseFormat(name: string): never {
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `got ${JSON.stringify(name)}, expected ${PREDICTION_FORMATS.join(', ')}`,
    where: '--format',
    next: `--format ${PREDICTION_FORMATS[0]}`,
  });
}
