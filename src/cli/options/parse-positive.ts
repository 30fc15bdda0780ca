import { InvalidArgumentError } from 'commander';

/** For flags with a number above zero that need not be whole. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

/** What is multiplied by far more is no finite number any more. */
export const LARGEST_STRENGTH = 1000;

/** For how far a scorer may lead; 0 switches it off. */
export function parseStrength(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= LARGEST_STRENGTH) || text.trim() === '') {
    throw new InvalidArgumentError(`expected a number from 0 to ${LARGEST_STRENGTH}`);
  }
  return value;
}
