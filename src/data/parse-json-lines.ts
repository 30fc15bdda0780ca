import { RlpromptError } from '../errors.js';
import { MAX_RECORD_BYTES } from './parse-delimited.js';
import type { TableRow } from './table.js';

/** Reads a JSONL text: one object a line; its keys are the columns, in the order they first appear. */
export function parseJsonLines(bytes: Buffer, file: string): { columns: string[]; rows: TableRow[] } {
  const records: { line: number; values: Map<string, string> }[] = [];
  const columns = new Set<string>();
  bytes
    .toString('utf8')
    .split(/\r\n|\n|\r/)
    .forEach((text, index) => {
      if (text.trim() === '') return;
      const values = readRecord(text, `${file}:${index + 1}`);
      for (const column of values.keys()) columns.add(column);
      records.push({ line: index + 1, values });
    });
  const names = [...columns];
  const rows = records.map(({ line, values }) => ({ line, values: names.map((name) => values.get(name) ?? '') }));
  return { columns: names, rows };
}

function readRecord(text: string, where: string): Map<string, string> {
  if (Buffer.byteLength(text) > MAX_RECORD_BYTES) {
    throw jsonError('E_DATA_RECORD_TOO_LARGE', `the record is larger than ${MAX_RECORD_BYTES} bytes`, `${where}:1`);
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    const column = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? text.length) + 1;
    throw jsonError('E_DATA_JSON', 'the line is not valid JSON', `${where}:${column}`, error);
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw jsonError('E_DATA_JSON', 'the line is not a JSON object', `${where}:1`);
  }
  return new Map(Object.entries(record).map(([key, value]) => [key, asText(value)]));
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function jsonError(code: `E_${string}`, message: string, where: string, cause?: unknown): RlpromptError {
  return new RlpromptError({
    code,
    exit: 'data',
    message,
    where,
    next: 'write one object a line, for instance {"text": "…", "label": "…"}',
    cause,
  });
}
