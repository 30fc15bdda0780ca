/** Central differences of a scalar function of an array, [n]. */
export function numericalGradient(of: (values: Float64Array) => number, at: ArrayLike<number>, step = 1e-5): number[] {
  return Array.from(at, (_, index) => {
    const shifted = (by: number) => of(Float64Array.from(at).map((value, i) => (i === index ? value + by : value)));
    return (shifted(step) - shifted(-step)) / (2 * step);
  });
}

/** Largest |a − b| divided by the largest |b| (at least 1e-12). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 1e-12;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return difference / size;
}
