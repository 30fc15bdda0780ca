import { expect, it } from 'vitest';
import * as z from 'zod';
import { plainExpectation, plainIssue } from '../src/plain-issue.js';

const LINE = z.strictObject({
  items: z.array(z.string().min(1)).min(1).max(2),
  order: z.array(z.array(z.int().min(0))),
  weight: z.number().positive().max(1e30),
  kind: z.enum(['ranking', 'pair']),
  odd: z.custom((value) => value === 1, 'expected an odd number').optional(),
});
const GOOD = { items: ['a'], order: [[0]], weight: 1, kind: 'pair' };

it.each<[string, unknown]>([
  ['items is missing', { ...GOOD, items: undefined }],
  ['items: a list is expected, not a number', { ...GOOD, items: 3 }],
  ['items is empty', { ...GOOD, items: [] }],
  ['items has more than 2 entries', { ...GOOD, items: ['a', 'b', 'c'] }],
  ['items.0 is empty', { ...GOOD, items: [''] }],
  ['order.0.1 is below 0', { ...GOOD, order: [[0, -1]] }],
  ['order.0.0 is not a whole number', { ...GOOD, order: [[0.5]] }],
  ['weight is not above 0', { ...GOOD, weight: 0 }],
  ['weight is above 1e+30', { ...GOOD, weight: 1e31 }],
  ['weight: a number is expected, not NaN', { ...GOOD, weight: Number.NaN }],
  ['weight: a number is expected, not null', { ...GOOD, weight: null }],
  ['kind is not "ranking" or "pair"', { ...GOOD, kind: 'x' }],
  ['the line has an unknown key more', { ...GOOD, more: 1 }],
  ['odd: expected an odd number', { ...GOOD, odd: 2 }],
  ['the line: an object is expected, not a list', []],
])('says %s', (text, value) => {
  const { issues } = LINE.safeParse(value).error!;
  expect(issues.map((issue) => plainIssue(issue, 'the line'))).toEqual([text]);
});

it.each<[string, z.ZodType, unknown]>([
  ['a text', z.string(), 3],
  ['something that is not empty', z.string().min(1), ''],
  ['a whole number', z.int(), 2.5],
  ['1 or more', z.int().min(1), 0],
  ['more than 0', z.number().positive(), 0],
  ['at most 0.5', z.number().max(0.5), 1],
  ['at most 1,000', z.int().max(1000), 1001],
  ['at least 2 entries', z.array(z.string()).min(2), []],
  ['one of dev, pooled', z.enum(['dev', 'pooled']), 'x'],
  ['a number or auto', z.union([z.number(), z.literal('auto')]), 'x'],
  ['an odd number', z.custom((value) => value === 1, 'expected an odd number'), 2],
])('expects %s', (text, schema, value) => {
  expect(schema.safeParse(value).error!.issues.map(plainExpectation)).toEqual([text]);
});
