import { type ErrorCode, RlpromptError } from '../errors.js';
import type { TableRow } from './table.js';

/** One object of a JSON file. */
export interface JsonRecord {
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
  readonly values: ReadonlyMap<string, string>;
  /** As it stands there. */
  readonly json: string;
}

/** The values of an object as texts. */
export function recordOf(record: unknown, where: string): Map<string, string> {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw jsonError('E_DATA_JSON', 'what stands here is not a JSON object', `${where}:1`);
  }
  return new Map(Object.entries(record).map(([key, value]) => [key, asText(value)]));
}

/** Objects as rows; the columns are their keys, in the order in which they first appear. */
export function tableOf(records: readonly JsonRecord[]): { columns: string[]; rows: TableRow[] } {
  const columns = [...new Set(records.flatMap(({ values }) => [...values.keys()]))];
  const rows = records.map(({ line, values, json }) => {
    return { line, values: columns.map((name) => values.get(name) ?? ''), json };
  });
  return { columns, rows };
}

/** A mistake in a JSON file. */
export function jsonError(code: ErrorCode, message: string, where: string, cause?: unknown): RlpromptError {
  return new RlpromptError({
    code,
    exit: 'data',
    message,
    where,
    next: 'write one object per line, for instance {"text": "…", "label": "…"}, or one array of objects',
    cause,
  });
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
