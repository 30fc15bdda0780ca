import { createHash } from 'node:crypto';
import path from 'node:path';
import { RlpromptError } from '../errors.js';
import { groupDigits } from '../group-digits.js';
import { isNonEmpty } from '../statistics/non-empty.js';
import { controlCharacterError, findControlByte } from './control-characters.js';
import { readDataFile } from './data-file.js';
import { delimitedFormat, parseDelimited } from './parse-delimited.js';
import { parseJson } from './parse-json.js';
import { listLines, together } from './row-faults.js';
import type { Table, TableRow } from './table.js';
import { decodeText } from './text/decode-text.js';
import { whereAt } from './text/text-position.js';

export interface ReadTableOptions {
  /** `auto`, or a name of the WHATWG Encoding Standard. @default 'utf-8' */
  readonly encoding?: string | undefined;
  /** Lets control characters through. @default false */
  readonly allowControl?: boolean | undefined;
  /** Leaves out rows with too few or too many values, and counts them. @default false */
  readonly skipBadRows?: boolean | undefined;
  readonly maxBytes?: number | undefined;
  /** Receives what is wrong with rows, which are left out then; without it that is thrown. */
  readonly onFault?: ((fault: RlpromptError) => void) | undefined;
  /** What the bytes are, such as `.csv`, where the file's name does not say. */
  readonly kind?: string | undefined;
}

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
/** How JSON may write one. */
const ESCAPES = ['\\u', '\\b', '\\f'];

export const DATA_EXTENSIONS = ['.csv', '.tsv', '.jsonl', '.ndjson', '.json'] as const;

/** True for names that `readTable` takes. */
export function isDataFileName(file: string): boolean {
  return DATA_EXTENSIONS.some((extension) => file.toLowerCase().endsWith(extension));
}

/**
 * Reads a CSV, TSV, JSONL or JSON file. What is wrong with it is refused with file, line and column (`E_DATA_*`); what is
 * merely odd is read and told in `warnings`.
 */
export async function readTable(file: string, options: ReadTableOptions = {}): Promise<Table> {
  if (!isDataFileName(file)) throw unknownFormat(file);
  return parseTable(await readDataFile(file, options.maxBytes), file, options);
}

/** The same of bytes that are read already; the ending of `file` says what they are, unless `kind` does. */
export function parseTable(raw: Buffer, file: string, options: ReadTableOptions = {}): Table {
  const { bytes, warning } = decodeText(raw, file, options.encoding);
  const warnings = warning === undefined ? [] : [warning];
  const faults: RlpromptError[] = [];
  const { columns, rows } = parseRecords(bytes, file, options, { warnings, faults });
  if (!options.allowControl) faults.push(...controlFaults(bytes, file, columns, rows));
  if (isNonEmpty(faults) && (!options.onFault || rows.length === 0)) throw together(faults);
  for (const fault of faults) options.onFault?.(fault);
  if (rows.length === 0) throw noRows(file, raw.length);
  return { file, columns, rows, warnings, sha256: createHash('sha256').update(raw).digest('hex') };
}

interface Found {
  readonly warnings: string[];
  readonly faults: RlpromptError[];
}

function parseRecords(bytes: Buffer, file: string, options: ReadTableOptions, { warnings, faults }: Found) {
  const extension = options.kind ?? path.extname(file).toLowerCase();
  if (extension !== '.csv' && extension !== '.tsv') return parseJson(bytes, file);
  const [header, ...records] = parseDelimited(bytes, file, delimitedFormat(bytes, extension));
  if (header === undefined) return { columns: [], rows: [] };
  const columns = header.values.map((name) => name.trim());
  refuseDuplicates(columns, `${file}:${header.line}`);
  if (hasMixedLineEnds(bytes)) warnings.push(`${file} mixes CRLF and LF line ends; both are read`);
  const ragged = records.filter((row) => row.values.length !== columns.length);
  if (ragged.length === 0) return { columns, rows: records };
  if (options.skipBadRows)
    warnings.push(
      `${groupDigits(ragged.length)} of ${groupDigits(records.length)} rows of ${file} left out: wrong number of values`,
    );
  else faults.push(raggedRows(ragged, records.length, columns, file));
  return { columns, rows: records.filter((row) => row.values.length === columns.length) };
}

function raggedRows(rows: readonly TableRow[], of: number, columns: readonly string[], file: string): RlpromptError {
  const [first] = rows as [TableRow];
  const found = `expected ${columns.length} values (${columns.join(', ')}), got ${first.values.length}`;
  return new RlpromptError({
    code: 'E_DATA_RAGGED_ROW',
    exit: 'data',
    message:
      rows.length === 1
        ? found
        : `${found}; ${groupDigits(rows.length)} of ${groupDigits(of)} rows have too few or too many: ${listLines(rows.map(({ line }) => line))}`,
    where: `${file}:${first.line}:1`,
    next: 'quote values that hold the separator, or add --skip-bad-rows',
  });
}

function hasMixedLineEnds(bytes: Buffer): boolean {
  let crlf = false;
  let lf = false;
  for (let at = bytes.indexOf(0x0a); at !== -1 && !(crlf && lf); at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] === 0x0d) crlf = true;
    else lf = true;
  }
  return crlf && lf;
}

function refuseDuplicates(columns: readonly string[], where: string): void {
  const repeated = [...columns.entries()].find(([index, name]) => columns.indexOf(name) !== index);
  if (!repeated) return;
  const [second, name] = repeated;
  throw new RlpromptError({
    code: 'E_DATA_DUPLICATE_COLUMN',
    exit: 'data',
    message: `the column name "${name}" is there twice, as column ${columns.indexOf(name) + 1} and ${second + 1}`,
    where: `${where}:1`,
    next: 'give every column a different name',
  });
}

/** In JSONL a control character can also hide behind an escape, so the values are looked at as well as the bytes. */
function controlFaults(
  bytes: Buffer,
  file: string,
  columns: readonly string[],
  rows: readonly TableRow[],
): RlpromptError[] {
  const offset = findControlByte(bytes);
  const isHidden = offset === -1 && ESCAPES.some((written) => bytes.includes(written));
  if (offset === -1 && !isHidden) return [];
  const held = rows.flatMap(({ line, values }) => {
    const index = values.findIndex((value) => CONTROL.test(value));
    return index === -1 ? [] : [{ line, column: columns[index] ?? '', code: CONTROL.exec(values[index] ?? '')?.[0] }];
  });
  const lines = held.map(({ line }) => line);
  if (offset !== -1) return [controlCharacterError(bytes.readUInt8(offset), whereAt(file, bytes, offset), lines)];
  const [first] = held;
  if (!first) return [];
  return [controlCharacterError(first.code?.charCodeAt(0) ?? 0, `${file}:${first.line} (${first.column})`, lines)];
}

export function noRows(file: string, byteCount: number): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_EMPTY',
    exit: 'data',
    message: byteCount === 0 ? 'the data file is empty' : 'the data file holds no rows',
    where: file,
    next: 'a data file needs a header line (CSV, TSV) and at least one row',
  });
}

function unknownFormat(file: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_FORMAT',
    exit: 'data',
    message: `the ending "${path.extname(file)}" is none of ${DATA_EXTENSIONS.join(', ')}`,
    where: file,
    next: 'rename the file after what it holds, or convert it',
  });
}
