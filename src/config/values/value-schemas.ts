import * as z from 'zod';
import { readPhrases } from '../files/phrase-file.js';
import { readRubric } from '../files/rubric-file.js';
import { BYTE_SIZE_PATTERN, parseByteSize } from './byte-size.js';

/** Less would not hold the caches of one short row. */
const SMALLEST_MEMORY = 2 ** 20;

export const count = z.int().min(1);
export const positive = z.number().positive();
export const range = z.tuple([z.number(), z.number()]);
export const name = z.string().min(1).max(1000);

export const memory = z
  .union([
    z.int().min(1),
    z
      .string()
      .regex(BYTE_SIZE_PATTERN, 'expected bytes such as 800M or 2GiB')
      .transform((text) => parseByteSize(text)!),
  ])
  .refine((size) => size >= SMALLEST_MEMORY, 'expected at least 1M');

export const phrases = listOrFile(z.array(z.string().min(1)).min(2), readPhrases, 'a file of phrases');
export const rubric = listOrFile(z.array(z.string()).min(1), readRubric, 'a text file that says what to look for');

/** A list, or the path of the file that holds it: what a run keeps is the list. */
function listOrFile(list: z.ZodArray<z.ZodString>, read: (path: string) => string[], what: string) {
  const file = name.transform((path, context) => {
    try {
      return read(path);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `${what} (${(error as Error).message})` });
      return z.NEVER;
    }
  });
  return z.union([list, file]);
}
