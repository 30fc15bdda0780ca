import { InvalidArgumentError } from 'commander';

/** For flags with a number above zero that need not be whole. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}
