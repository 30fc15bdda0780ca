/** A range of values with round ends. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The smallest range with ends on a round step (1, 2 or 5 times a power of ten) that holds all finite values.
 * @param most the range does not end above it, nor below a value: a share is at most 1
 */
export function roundRange(values: readonly number[], most = Number.POSITIVE_INFINITY): Range {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { low: 0, high: 1 };
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  // A flat curve is drawn through the middle, on a range that tells its size.
  const margin = low === high ? Math.max(Math.abs(low) / 10, 1e-3) : 0;
  const step = roundStep((high - low + 2 * margin) / 8);
  return {
    low: step * Math.floor((low - margin) / step),
    high: Math.min(Math.max(high, most), step * Math.ceil((high + margin) / step)),
  };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Labels of several values, with as few decimals as tell them rightly. */
export function axisLabels(values: readonly number[]): string[] {
  const span = Math.max(...values) - Math.min(...values);
  const isExact = (decimals: number): boolean =>
    values.every((value) => Math.abs(Number(value.toFixed(decimals)) - value) <= span / 1000);
  const decimals = [0, 1, 2, 3, 4, 5].find(isExact) ?? 6;
  const large = values.some((value) => Math.abs(value) >= 1e6);
  return values.map((value) => (large ? value.toExponential(1) : (value === 0 ? 0 : value).toFixed(decimals)));
}
