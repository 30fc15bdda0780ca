/** A place on a curve: [x, y]. */
export type Point = readonly [x: number, y: number];

/** The most points of one curve that a page keeps. */
const MOST_POINTS = 1500;

/**
 * Fewer points where there are too many to see: neighbours become one, with their mean, or the last of them where the
 * curve only grows. Points that are no numbers are left out.
 */
export function thinPoints(points: readonly Point[], keep: 'mean' | 'last' = 'mean', most = MOST_POINTS): Point[] {
  const drawn = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const size = Math.ceil(drawn.length / most);
  if (size <= 1) return drawn;
  return Array.from({ length: Math.ceil(drawn.length / size) }, (_, i) => {
    const group = drawn.slice(i * size, (i + 1) * size);
    return keep === 'last' ? group.at(-1)! : [mean(group, 0), mean(group, 1)];
  });
}

function mean(points: readonly Point[], axis: 0 | 1): number {
  return points.reduce((sum, point) => sum + point[axis], 0) / points.length;
}
