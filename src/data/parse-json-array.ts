import { type JsonRecord, jsonError, recordOf, tableOf } from './json-records.js';
import type { TableRow } from './table.js';

/** Reads a JSON text that is one array of objects; their keys are the columns. */
export function parseJsonArray(text: string, file: string): { columns: string[]; rows: TableRow[] } {
  const elements = arrayElements(text);
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    const line = elements.find((element) => !isJson(element.text))?.line ?? text.split(/\r\n|\n|\r/).length;
    throw jsonError('E_DATA_JSON', 'what stands here is not valid JSON', `${file}:${line}:1`, error);
  }
  if (!Array.isArray(values)) throw jsonError('E_DATA_JSON', 'the file is not an array of objects', `${file}:1`);
  const records = values.map((value: unknown, index): JsonRecord => {
    const { line = 1, text: json = '' } = elements[index] ?? {};
    return { line, values: recordOf(value, `${file}:${line}`), json: json.trimEnd() };
  });
  return tableOf(records);
}

/** The elements of the outermost array and the lines on which they begin, as far as brackets and quotes tell. */
function arrayElements(text: string): { text: string; line: number }[] {
  const starts: { from: number; to: number; line: number }[] = [];
  let depth = 0;
  let line = 1;
  let isString = false;
  let isAwaited = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (isString) {
      if (character === '\\') at++;
      else if (character === '"') isString = false;
      continue;
    }
    if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) line++;
    if (/\s/.test(character)) continue;
    if (isAwaited && character !== ']') starts.push({ from: at, to: text.length, line });
    isAwaited = depth === 1 && character === ',';
    const last = starts.at(-1);
    if (last && depth === 1 && (character === ',' || character === ']')) last.to = at;
    if (character === '"') isString = true;
    else if (character === '[' || character === '{') {
      if (depth === 0) isAwaited = true;
      depth++;
    } else if (character === ']' || character === '}') depth--;
  }
  return starts.map(({ from, to, line: start }) => ({ text: text.slice(from, to), line: start }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
