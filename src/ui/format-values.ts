import { groupDigits } from '../group-digits.js';

/** A number that is missing or not finite (JSON has neither NaN nor infinity) is drawn as a dash. */
const MISSING = '–';

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Rewards and metrics: three decimals for values such as accuracies, fewer for larger ones. */
export function formatScore(value: number | undefined | null): string {
  if (!isNumber(value)) return MISSING;
  const size = Math.abs(value);
  if (size >= 1e6) return value.toExponential(1);
  return value.toFixed(size <= 1 ? 3 : size < 1000 ? 1 : 0);
}

/** Counts with thousands separated: `17,204`. */
export function formatCount(value: number | undefined | null): string {
  return isNumber(value) ? groupDigits(value) : MISSING;
}

/** Shares of one, in percent without decimals: `37 %`. */
export function formatShare(value: number | undefined | null): string {
  return isNumber(value) ? `${Math.round(100 * value)} %` : MISSING;
}

/** Rates: one decimal below ten, none above. */
export function formatRate(value: number | undefined | null): string {
  if (!isNumber(value)) return MISSING;
  return value < 10 ? value.toFixed(1) : formatCount(value);
}

/** Durations in seconds as `0:42`, `12:03`, `1:02:03` or `2d 03h`. */
export function formatDuration(seconds: number | undefined | null): string {
  if (!isNumber(seconds) || seconds < 0) return MISSING;
  const whole = Math.round(seconds);
  const pad = (n: number): string => String(n).padStart(2, '0');
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3600), Math.floor(whole / 60)];
  if (days > 0) return `${days}d ${pad(hours % 24)}h`;
  if (hours > 0) return `${hours}:${pad(minutes % 60)}:${pad(whole % 60)}`;
  return `${minutes}:${pad(whole % 60)}`;
}

/** `12 to 40`, or the one number where both are written alike. */
export function formatRange(
  { low, high }: { readonly low: number; readonly high: number },
  format: (value: number) => string,
): string {
  const [least, most] = [format(low), format(high)];
  return least === most ? most : `${least} to ${most}`;
}

/** Money: three digits that count. */
export function formatCost(value: number): string {
  return value >= 100 ? formatCount(value) : String(Number(value.toPrecision(3)));
}
