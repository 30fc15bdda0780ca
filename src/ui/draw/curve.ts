/** Values over steps, at most `CAPACITY` of them: when full, neighbours are merged and later steps share a point. */
export interface Curve {
  readonly points: readonly CurvePoint[];
  /** Steps that share a point. */
  readonly stride: number;
  readonly merge: 'mean' | 'max';
}

export interface CurvePoint {
  readonly step: number;
  readonly value: number;
  /** Values merged into this one. */
  readonly weight: number;
}

const CAPACITY = 512;

export function emptyCurve(merge: 'mean' | 'max'): Curve {
  return { points: [], stride: 1, merge };
}

/** The curve with one more value; NaN marks a gap. */
export function addPoint(curve: Curve, step: number, value: number): Curve {
  const point: CurvePoint = { step, value, weight: 1 };
  const last = curve.points.at(-1);
  const sharesPoint = last !== undefined && Math.floor(last.step / curve.stride) === Math.floor(step / curve.stride);
  const points = sharesPoint
    ? [...curve.points.slice(0, -1), mergePoints(last, point, curve.merge)]
    : [...curve.points, point];
  return points.length > CAPACITY ? halved({ ...curve, points }) : { ...curve, points };
}

function halved(curve: Curve): Curve {
  const stride = 2 * curve.stride;
  const points: CurvePoint[] = [];
  for (const point of curve.points) {
    const last = points.at(-1);
    if (last && Math.floor(last.step / stride) === Math.floor(point.step / stride)) {
      points[points.length - 1] = mergePoints(last, point, curve.merge);
    } else points.push(point);
  }
  return { ...curve, points, stride };
}

function mergePoints(a: CurvePoint, b: CurvePoint, merge: Curve['merge']): CurvePoint {
  const weight = a.weight + b.weight;
  if (Number.isNaN(a.value)) return { ...b, weight: b.weight };
  if (Number.isNaN(b.value)) return { ...a, step: b.step };
  const value = merge === 'max' ? Math.max(a.value, b.value) : (a.weight * a.value + b.weight * b.value) / weight;
  return { step: b.step, value, weight };
}
