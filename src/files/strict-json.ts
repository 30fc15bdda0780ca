import { REPORT_IT, RlpromptError } from '../errors.js';

/**
 * JSON that reads back as it was. `JSON.stringify` turns NaN into null and a Map into {} without a word; here they
 * are refused.
 *
 * @throws RlpromptError `E_NOT_JSON`
 */
export function strictJson(value: unknown, space?: number): string {
  const text: string | undefined = JSON.stringify(value, refuseLoss, space);
  if (text === undefined) throw notJson('', value);
  return text;
}

function refuseLoss(this: unknown, key: string, value: unknown): unknown {
  const isPlain = typeof value !== 'object' || value === null || Array.isArray(value) || isPlainObject(value);
  const isLossy =
    (typeof value === 'number' && !Number.isFinite(value)) ||
    (value === undefined && Array.isArray(this)) ||
    ['bigint', 'function', 'symbol'].includes(typeof value);
  if (isLossy || !isPlain) throw notJson(key, value);
  return value;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notJson(key: string, value: unknown): RlpromptError {
  const kind = typeof value === 'object' ? (value?.constructor.name ?? 'null') : `${typeof value} ${String(value)}`;
  return new RlpromptError({
    code: 'E_NOT_JSON',
    exit: 'internal',
    message: `"${key}" cannot be stored as JSON without loss: ${kind}`,
    kept: 'the files written before',
    next: REPORT_IT,
  });
}
