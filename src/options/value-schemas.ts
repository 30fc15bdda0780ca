import * as z from 'zod';

export const count = z.int().min(1);
export const positive = z.number().positive();
/** More than any reward or weight needs: sums and products of such numbers stay finite. */
export const LARGEST_SCALE = 1e9;
export const scale = positive.max(LARGEST_SCALE);
const bound = z.number().min(-LARGEST_SCALE).max(LARGEST_SCALE);
export const range = z.tuple([bound, bound]);
export const name = z.string().min(1).max(1000);
