import * as z from 'zod';

export const count = z.int().min(1);
export const positive = z.number().positive();
export const range = z.tuple([z.number(), z.number()]);
export const name = z.string().min(1).max(1000);
