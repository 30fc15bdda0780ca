/** The standard normal distribution has 95 % of its mass within this many standard deviations. */
const NORMAL_95 = 1.96;

/**
 * The mean of paired differences and its 95 % interval by the normal approximation. Differences of shares are −1, 0 or 1;
 * with few pairs that differ the plain interval is too short, so two rows are added to them, half a one for each side
 * (Agresti and Min 2005).
 */
export function pairedInterval(
  differences: readonly number[],
  { ofShares }: { readonly ofShares: boolean },
): { mean: number; interval: [low: number, high: number] } {
  const added = ofShares ? 2 : 0;
  const count = differences.length + added;
  const sum = differences.reduce((total, value) => total + value, 0);
  const squares = differences.reduce((total, value) => total + value * value, added / 2);
  const centre = sum / count;
  const halfWidth = NORMAL_95 * Math.sqrt(Math.max(0, squares / count - centre * centre) / count);
  return { mean: sum / differences.length, interval: [centre - halfWidth, centre + halfWidth] };
}
