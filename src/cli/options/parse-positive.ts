import { InvalidArgumentError } from 'commander';

/** For flags with a number above zero that need not be whole. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

/** For flags that 0 switches off. */
export function parseNotNegative(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value)) || text.trim() === '') {
    throw new InvalidArgumentError('expected a number of at least 0');
  }
  return value;
}
