import type * as z from 'zod';
import { groupDigits } from './group-digits.js';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

/**
 * What an issue of the schema library means, as people say it: `order.3.0 is below 0`, `items is missing`.
 * @param whole what the value is called whose part the issue is about
 */
export function plainIssue(issue: z.core.$ZodIssue, whole: string): string {
  const place = issue.path.join('.') || whole;
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(place, issue.expected, /received (\S+)$/.exec(issue.message)?.[1]);
    case 'too_small':
      return `${place} ${tooSmall(issue)}`;
    case 'too_big':
      return `${place} ${tooBig(issue)}`;
    case 'invalid_value':
      return `${place} is not ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'unrecognized_keys':
      return `${place} has an unknown key ${issue.keys.join(', ')}`;
    case 'custom':
      return issue.path.length === 0 ? issue.message : `${place}: ${issue.message}`;
    default:
      return `${place}: ${issue.message}`;
  }
}

/** What a value would have to be: `a number`, `at most 1`, `one of dev, pooled`. */
export function plainExpectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_small':
      return leastOf(issue);
    case 'too_big':
      return mostOf(issue);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      return issue.errors.flatMap(([first]) => (first ? [plainExpectation(first)] : [])).join(' or ');
    default:
      return issue.message.replace(/^expected /, '');
  }
}

function leastOf({ origin, minimum, inclusive = true }: z.core.$ZodIssueTooSmall): string {
  const unit = unitOf(origin);
  if (unit === undefined) return inclusive ? `${limitText(minimum)} or more` : `more than ${limitText(minimum)}`;
  return Number(minimum) === 1 ? 'something that is not empty' : `at least ${minimum} ${unit}`;
}

function mostOf({ origin, maximum, inclusive = true }: z.core.$ZodIssueTooBig): string {
  const unit = unitOf(origin);
  if (unit === undefined) return `${inclusive ? 'at most' : 'less than'} ${limitText(maximum)}`;
  return `at most ${maximum} ${unit}`;
}

function limitText(limit: number | bigint): string {
  return Number.isInteger(Number(limit)) ? groupDigits(Number(limit)) : String(limit);
}

function wrongKind(place: string, expected: string, received = 'something else'): string {
  if (received === 'undefined') return `${place} is missing`;
  if (expected === 'int' && received === 'number') return `${place} is not a whole number`;
  return `${place}: ${KINDS[expected] ?? expected} is expected, not ${KINDS[received] ?? received}`;
}

function tooSmall({ origin, minimum, inclusive = true }: z.core.$ZodIssueTooSmall): string {
  const unit = unitOf(origin);
  if (unit === undefined) return inclusive ? `is below ${minimum}` : `is not above ${minimum}`;
  return Number(minimum) === 1 ? 'is empty' : `has fewer than ${minimum} ${unit}`;
}

function tooBig({ origin, maximum, inclusive = true }: z.core.$ZodIssueTooBig): string {
  const unit = unitOf(origin);
  if (unit === undefined) return inclusive ? `is above ${maximum}` : `is not below ${maximum}`;
  return `has more than ${maximum} ${unit}`;
}

/** What is counted; undefined of a number. */
function unitOf(origin: string): string | undefined {
  if (origin === 'string') return 'characters';
  return origin === 'array' ? 'entries' : undefined;
}
