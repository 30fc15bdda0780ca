/** A number over several seeds. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation, dividing by n - 1; null for a single value. */
  readonly sd: number | null;
  readonly n: number;
}

/** Null where there is no value, or where one is missing: means over different seeds could not be compared. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  const n = known.length;
  if (n === 0 || n < values.length) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / n;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: n < 2 ? null : Math.sqrt(squares / (n - 1)), n };
}
