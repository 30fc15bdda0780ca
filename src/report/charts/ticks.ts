// The page redraws its axes when a reader zooms: these functions go into it by their source text, and may
// therefore use nothing from outside this file.

/**
 * Round numbers from `low` to `high`, about `count` of them: 1, 2 or 5 times a power of ten apart.
 * @param least how far apart they are at least: 1 where there is nothing between whole numbers
 */
export function niceTicks(low: number, high: number, count: number, least: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.75) ?? 10;
  const gap = Math.max(least, factor * power);
  const first = Math.ceil(low / gap - 1e-9);
  const last = Math.floor(high / gap + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * gap).toPrecision(12)));
}

/** A number on an axis or in a readout; large ones as 12k or 3.4M. */
export function formatTick(value: number): string {
  if (value < 0) return `−${formatTick(-value)}`;
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(4))}k`;
  return String(Number(value.toPrecision(4)));
}

/** Numbers of one axis, with the same number of decimals. */
export function tickLabels(ticks: readonly number[]): string[] {
  const labels = ticks.map(formatTick);
  const decimals = Math.max(0, ...labels.map((label) => label.split('.')[1]?.length ?? 0));
  return labels.some((label) => /[kMe]/.test(label))
    ? labels
    : ticks.map((value) => value.toFixed(decimals).replace('-', '−'));
}
