import * as z from 'zod';
import { BYTE_SIZE_PATTERN, parseByteSize } from './byte-size.js';

/** Less would not hold the caches of one short row. */
const SMALLEST_MEMORY = 2 ** 20;

export const memory = z
  .union([
    z.int().min(1),
    z
      .string()
      .regex(BYTE_SIZE_PATTERN, 'expected bytes such as 800M or 2GiB')
      .transform((text) => parseByteSize(text)!),
  ])
  .refine((size) => size >= SMALLEST_MEMORY, 'expected at least 1M');
