import * as z from 'zod';
import { count } from '../../options/value-schemas.js';

const LONGEST = 64;
const LENGTHS = /^\s*(\d{1,4})\.\.(\d{1,4})\s*$/;

/** The shortest and the longest of `3..20`; undefined for what is no such text. */
export function readLengths(value: unknown): readonly [shortest: number, longest: number] | undefined {
  const [, shortest, longest] = (typeof value === 'string' && LENGTHS.exec(value)) || [];
  return shortest === undefined ? undefined : [Number(shortest), Number(longest)];
}

/** Tokens of a prompt. Of `3..20` the longest; the shortest is a setting of its own. */
export const promptLength = z.union([
  count.max(LONGEST),
  z
    .string()
    .regex(LENGTHS, `expected two numbers such as 3..20, of at most ${LONGEST}`)
    .transform((text) => readLengths(text)?.[1] ?? 0)
    .pipe(count.max(LONGEST)),
]);

export const minPromptLength = count.max(LONGEST);
