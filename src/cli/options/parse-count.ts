import { InvalidArgumentError } from 'commander';

/** For flags that count from 1. */
export function parseCount(text: string): number {
  return wholeNumber(text, 1);
}

/** What sizes the work or the memory of a command; more is a slip of the hand. */
const LARGEST_SIZE = 100_000;

/** For flags that say how much is computed. */
export function parseSize(text: string): number {
  return wholeNumber(text, 1, LARGEST_SIZE);
}

/** For seeds: whole numbers from 0. */
export function parseSeed(text: string): number {
  return wholeNumber(text, 0);
}

function wholeNumber(text: string, least: number, most?: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= (most ?? value) && text.trim() !== '') return value;
  throw new InvalidArgumentError(`expected a whole number from ${least}${most === undefined ? '' : ` to ${most}`}`);
}
