import { formatScore } from '../ui/format-values.js';

/** A score as a page shows it: with the minus sign that its axes have. */
export function scoreText(value: number | undefined | null): string {
  return withMinus(formatScore(value));
}

/** A written number with a minus sign in place of a hyphen. */
export function withMinus(number: string): string {
  return number.replace(/^-/, '−');
}
