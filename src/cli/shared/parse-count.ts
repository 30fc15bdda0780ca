import { InvalidArgumentError } from 'commander';

/** For flags that count from 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return count;
}

/** For seeds: whole numbers from 0. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0 || text.trim() === '') {
    throw new InvalidArgumentError('expected a whole number from 0');
  }
  return seed;
}
