import { RlpromptError } from '../errors.js';
import { jsonFault } from './json-fault.js';
import { type JsonRecord, jsonError, recordOf, tableOf } from './json-records.js';
import { MAX_RECORD_BYTES } from './parse-delimited.js';
import { parseJsonArray } from './parse-json-array.js';
import { listLines } from './row-faults.js';
import type { TableRow } from './table.js';

/**
 * Reads a JSON text, whatever its file is called: one object per line, or one array of objects, which begins with a
 * bracket. Keys are the columns, in the order in which they first appear.
 */
export function parseJson(bytes: Buffer, file: string): { columns: string[]; rows: TableRow[] } {
  const text = bytes.toString('utf8');
  return text.trimStart().startsWith('[') ? parseJsonArray(text, file) : parseJsonLines(text, file);
}

function parseJsonLines(text: string, file: string): { columns: string[]; rows: TableRow[] } {
  const records: JsonRecord[] = [];
  const bad: number[] = [];
  let first: RlpromptError | undefined;
  text.split(/\r\n|\n|\r/).forEach((text, index) => {
    if (text.trim() === '') return;
    const line = index + 1;
    try {
      records.push({ line, values: readRecord(text, `${file}:${line}`), json: text.trim() });
    } catch (error) {
      if (!(error instanceof RlpromptError)) throw error;
      first ??= error;
      bad.push(line);
    }
  });
  if (first && bad.length > 1)
    throw first.with({ message: `${first.message}; ${bad.length} lines cannot be read: ${listLines(bad)}` });
  if (first) throw first;
  return tableOf(records);
}

function readRecord(text: string, where: string): Map<string, string> {
  if (Buffer.byteLength(text) > MAX_RECORD_BYTES) {
    throw jsonError('E_DATA_RECORD_TOO_LARGE', `the record is larger than ${MAX_RECORD_BYTES} bytes`, `${where}:1`);
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw jsonError('E_DATA_JSON', 'the line is not valid JSON', `${where}:${jsonFault(text) + 1}`, error);
  }
  return recordOf(record, where);
}
