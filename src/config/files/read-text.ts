import type { TextForm } from '../../options/option.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a setting's text as its form says. Text that does not have the form is given back unchanged, so that the
 * schema refuses it and shows what was written.
 */
export function readText(form: TextForm, text: string): unknown {
  switch (form) {
    case 'text':
      return text;
    case 'number':
      return readNumber(text);
    case 'boolean':
      return readBoolean(text);
    case 'range':
      return text.includes(',') ? text.split(',').map(readNumber) : text;
    case 'list':
      return readJson(text, '[') ?? [text];
    case 'items':
      return readJson(text, '[') ?? text.split(',').map((item) => item.trim());
    case 'record':
      return readJson(text, '{') ?? readRecord(text);
    case 'weights':
      return readJson(text, '{') ?? readWeights(text);
  }
}

function readNumber(text: string): number | string {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : text;
}

function readBoolean(text: string): boolean | string {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return text;
}

function readJson(text: string, opening: string): unknown {
  if (!text.trimStart().startsWith(opening)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A record of numbers; a value that is none stays as it was written. */
function readWeights(text: string): Record<string, number | string> | string {
  const record = readRecord(text);
  if (typeof record === 'string') return record;
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, readNumber(value)]));
}

function readRecord(text: string): Record<string, string> | string {
  const record: Record<string, string> = Object.create(null);
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals).trim();
    if (equals < 1 || key === '__proto__' || key in record) return text;
    record[key] = pair.slice(equals + 1).trim();
  }
  return record;
}
