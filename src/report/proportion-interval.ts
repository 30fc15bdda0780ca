/** Standard normal quantile of 97.5 %. */
const Z = 1.959964;

/**
 * The 95 % interval of a share that was counted on `n` independent examples (Wilson, JASA 22, 1927): it stays within
 * [0, 1] and holds for small `n`.
 */
export function proportionInterval(share: number, n: number): [low: number, high: number] {
  const z2 = (Z * Z) / n;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
