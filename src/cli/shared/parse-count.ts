import { InvalidArgumentError } from 'commander';

/** For flags that count from 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('expected a whole number from 1');
  return count;
}

/** What sizes the work or the memory of a command; more is a slip of the hand. */
const LARGEST_SIZE = 100_000;

/** For flags that say how much is computed. */
export function parseSize(text: string): number {
  const size = Number(text);
  if (!Number.isSafeInteger(size) || size < 1 || size > LARGEST_SIZE) {
    throw new InvalidArgumentError(`expected a whole number from 1 to ${LARGEST_SIZE}`);
  }
  return size;
}

/** For seeds: whole numbers from 0. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0 || text.trim() === '') {
    throw new InvalidArgumentError('expected a whole number from 0');
  }
  return seed;
}
