import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { solvePositiveDefinite } from '../../../src/trainers/screening/cholesky.js';
import { correlation } from '../../../src/trainers/screening/correlation.js';
import { RidgeEnsemble } from '../../../src/trainers/screening/ridge-ensemble.js';
import { Standardiser } from '../../../src/trainers/screening/standardiser.js';

const rng = () => Rng.create(0, 'screening');

describe('solvePositiveDefinite', () => {
  it('solves a hand case: [[4, 2], [2, 3]] x = [10, 9] has x = [1.5, 2]', () => {
    const x = solvePositiveDefinite(Float64Array.of(4, 2, 2, 3), Float64Array.of(10, 9));
    expect(x[0]).toBeCloseTo(1.5, 12);
    expect(x[1]).toBeCloseTo(2, 12);
  });

  it('solves B Bᵀ + I for any B', () => {
    const size = fc.integer({ min: 1, max: 8 });
    const system = size.chain((n) => {
      const number = fc.double({ min: -3, max: 3, noNaN: true });
      return fc.tuple(
        fc.array(fc.array(number, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
        fc.array(number, { minLength: n, maxLength: n }),
      );
    });
    fc.assert(
      fc.property(system, ([b, values]) => {
        const n = values.length;
        const matrix = b.flatMap((row, i) =>
          b.map((other, j) => row.reduce((sum, value, k) => sum + value * other[k]!, i === j ? 1 : 0)),
        );
        const x = solvePositiveDefinite(Float64Array.from(matrix), Float64Array.from(values));
        values.forEach((value, i) => {
          expect(x.reduce((sum, xj, j) => sum + matrix[i * n + j]! * xj, 0)).toBeCloseTo(value, 8);
        });
      }),
    );
  });
});

describe('RidgeEnsemble', () => {
  it('is the ridge solution for one feature: w = Σ x y / (Σ x² + λ) on standardised x', () => {
    // Two points: whatever is drawn, a member that drew both once has x = ∓1, y = 0 and 2, w = 2 / (2 + λ).
    const points = [Float32Array.of(3), Float32Array.of(7)];
    const predictions = [0, 1, 2, 3, 4, 5].map((seed) =>
      RidgeEnsemble.fit(points, [0, 2], Rng.create(seed, 'screening'), { members: 1, ridge: 2 }).predict(points[1]!),
    );
    const means = predictions.map(({ mean }) => Math.round(mean * 1e9) / 1e9);
    expect(new Set(means)).toContain(1.5);
    expect(predictions.every(({ deviation }) => deviation === 0)).toBe(true);
  });

  it('predicts a linear reward on points it has not met, better than the mean does', () => {
    const draw = rng();
    const points = Array.from({ length: 120 }, () => Float32Array.from({ length: 6 }, () => draw.float()));
    const values = points.map((p) => 40 * p[0]! - 20 * p[3]! + draw.float());
    const ensemble = RidgeEnsemble.fit(points.slice(0, 80), values.slice(0, 80), rng(), { members: 8, ridge: 0.1 });
    const predicted = points.slice(80).map((point) => ensemble.predict(point).mean);
    expect(correlation(predicted, values.slice(80))).toBeGreaterThan(0.95);
  });

  it('is less certain far from what it has met', () => {
    const draw = rng();
    const points = Array.from({ length: 40 }, () => Float32Array.from({ length: 4 }, () => draw.float()));
    const ensemble = RidgeEnsemble.fit(
      points,
      points.map(() => draw.float()),
      rng(),
      { members: 8, ridge: 1 },
    );
    const near = ensemble.predict(Float32Array.of(0.5, 0.5, 0.5, 0.5)).deviation;
    expect(ensemble.predict(Float32Array.of(5, -5, 5, -5)).deviation).toBeGreaterThan(3 * near);
  });

  it('says the mean where nothing can be told from the features', () => {
    const points = Array.from({ length: 3 }, () => Float32Array.of(1, 2));
    const { mean } = RidgeEnsemble.fit(points, [4, 4, 4], rng(), { members: 3, ridge: 1 }).predict(points[0]!);
    expect(mean).toBeCloseTo(4, 12);
  });
});

describe('Standardiser', () => {
  it('gives mean 0 and variance 1, and 0 where a feature never changes', () => {
    const scale = Standardiser.of([Float32Array.of(1, 9), Float32Array.of(3, 9)]);
    expect([...scale.apply(Float32Array.of(1, 9))]).toEqual([-1, 0]);
    expect([...scale.apply(Float32Array.of(5, 10))]).toEqual([3, 0]);
  });
});

describe('correlation', () => {
  it('is 1, −1 and 0 where it should be', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(correlation([1, 2, 3], [5, 5, 5])).toBe(0);
  });
});
