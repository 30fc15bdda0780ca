/** Brings each feature to mean 0 and variance 1 over the points it was made of; one that never changes becomes 0. */
export class Standardiser {
  private constructor(
    private readonly means: Float64Array,
    private readonly factors: Float64Array,
  ) {}

  static of(points: readonly Float32Array[]): Standardiser {
    const width = points[0]!.length;
    const means = new Float64Array(width);
    const factors = new Float64Array(width);
    for (let feature = 0; feature < width; feature++) {
      const mean = points.reduce((sum, point) => sum + point[feature]! / points.length, 0);
      const variance = points.reduce((sum, point) => sum + (point[feature]! - mean) ** 2 / points.length, 0);
      means[feature] = mean;
      factors[feature] = variance > 0 ? 1 / Math.sqrt(variance) : 0;
    }
    return new Standardiser(means, factors);
  }

  apply(point: Float32Array): Float64Array {
    return Float64Array.from(point, (value, feature) => (value - this.means[feature]!) * this.factors[feature]!);
  }
}
