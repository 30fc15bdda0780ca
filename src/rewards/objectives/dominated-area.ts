/**
 * The area of the union of the rectangles [0, x] × [0, y]: the hypervolume of points in the unit square with the origin as
 * reference (Zitzler & Thiele 1998). Points that another beats in both coordinates add nothing.
 */
export function dominatedArea(points: readonly (readonly [x: number, y: number])[]): number {
  let area = 0;
  let height = 0;
  for (const [x, y] of [...points].sort(([a], [b]) => b - a)) {
    if (y <= height) continue;
    area += x * (y - height);
    height = y;
  }
  return area;
}
