import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a service asks to wait: milliseconds, seconds, or a date by its own clock. Nonsense is as if it were not there. */
export function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const inMs = headers['retry-after-ms'];
  if (typeof inMs === 'string' && /^\d+(\.\d+)?$/.test(inMs)) return Number(inMs);
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(headers.date ?? '');
  return wait >= 0 ? wait : undefined;
}

/** From 0.5 to 1 of a wait, by what is waited for and by process: it keeps many of them from coming back together. */
export function spreadOut(wait: number, what: string): number {
  const share = createHash('sha256').update(`${process.pid} ${what}`).digest().readUInt32LE() / 2 ** 32;
  return wait * (0.5 + 0.5 * share);
}
