import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparseQLoss } from '../../src/losses/sparse-q.js';
import { sparsemax } from '../../src/losses/sparsemax.js';
import { numericalGradient, relativeError } from './numerical-gradient.js';

describe('sparsemax', () => {
  it('agrees with values worked out by hand', () => {
    // S = {1, 0.8}: τ = (1.8 − 1)/2
    const result = sparsemax([0.8, -2, 1]);
    expect(relativeError(result.probabilities, [0.4, 0, 0.6])).toBeLessThan(1e-12);
    expect(result.threshold).toBeCloseTo(0.4, 12);
    expect(result.value).toBeCloseTo((0.64 - 0.16 + 1 - 0.16 + 1) / 2, 12);
  });

  it('is a distribution, and the gradient of its value', () => {
    const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(logits, (values) => {
        const { probabilities } = sparsemax(values);
        expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9);
        const slope = numericalGradient((at) => sparsemax(at).value, values);
        expect(relativeError(probabilities, slope)).toBeLessThan(1e-4);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('the sparse Q-learning loss', () => {
  it('has weights equal to its finite differences', () => {
    const input = { batch: 2, time: 3, rewards: [2, -1], discount: 0.9 };
    const qValues = [0, 1, 2, -1, 0.5, 0.25];
    const expected = numericalGradient((at) => sparseQLoss({ ...input, qValues: at }).loss, qValues);
    expect(relativeError(sparseQLoss({ ...input, qValues }).qWeights, expected)).toBeLessThan(1e-8);
  });

  it('leads every Q to the discounted reward over a whole training curve', () => {
    const input = { batch: 2, time: 2, rewards: [4, -2], discount: 0.5 };
    let qValues = new Float64Array(4);
    const losses = Array.from({ length: 60 }, () => {
      const { loss, qWeights } = sparseQLoss({ ...input, qValues });
      qValues = qValues.map((q, cell) => q - 0.3 * qWeights[cell]!);
      return loss;
    });
    expect(losses.every((loss, step) => step === 0 || loss < losses[step - 1]!)).toBe(true);
    expect(relativeError(qValues, [2, 4, -1, -2])).toBeLessThan(1e-6);
  });
});
