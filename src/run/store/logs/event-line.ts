import type { RunEvent } from '../../../events.js';
import { strictJson } from '../../../files/strict-json.js';

/**
 * One event as a line of `events.jsonl`. Numbers of a step that are not finite (a step that was left out) stand there
 * as "NaN", "Infinity" or "-Infinity"; anywhere else they are refused.
 */
export function formatEvent(event: RunEvent): string {
  return `${strictJson(event.type === 'step-end' ? spellNumbers(event) : event)}\n`;
}

function spellNumbers(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spellNumbers(item)]));
}

/** The event of a line; undefined where the line is damaged. */
export function parseEvent(line: string): RunEvent | undefined {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null) return undefined;
  const { seq, type } = event as Record<string, unknown>;
  if (!Number.isSafeInteger(seq) || typeof type !== 'string') return undefined;
  if (type === 'step-end') return readNumbers(event) as RunEvent;
  return (type === 'run-start' ? withObjectives(event) : event) as RunEvent;
}

/** Up to version 0.1 the objectives were called terms. */
function withObjectives(start: { readonly terms?: unknown }): object {
  const { terms, ...others } = start;
  return terms === undefined ? start : { ...others, objectives: terms };
}

const SPELT_NUMBERS = new Set<unknown>(['NaN', 'Infinity', '-Infinity']);

function readNumbers(step: object): object {
  const entries = Object.entries(step).map(([key, value]: [string, unknown]): [string, unknown] => {
    if (key === 'bestPrompt' || key === 'type') return [key, value];
    if (SPELT_NUMBERS.has(value)) return [key, Number(value)];
    return [key, typeof value === 'object' && value !== null && !Array.isArray(value) ? readNumbers(value) : value];
  });
  return Object.fromEntries(entries);
}

/** A line of an event log that is whole, and where it ends in the file. */
export interface LoggedEvent {
  readonly event: RunEvent;
  readonly end: number;
}

/** The events of a log in order; damaged lines and an unfinished last one are passed over. */
export function* scanEvents(bytes: Uint8Array): Generator<LoggedEvent, void> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let lastSeq = 0;
  let begin = 0;
  for (let newline = text.indexOf(10); newline >= 0; newline = text.indexOf(10, begin)) {
    const event = parseEvent(text.toString('utf8', begin, newline));
    begin = newline + 1;
    if (event === undefined || event.seq <= lastSeq) continue;
    lastSeq = event.seq;
    yield { event, end: begin };
  }
}
