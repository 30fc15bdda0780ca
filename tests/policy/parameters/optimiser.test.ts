import { describe, expect, it } from 'vitest';
import { adamStep, createAdamState } from '../../../src/policy/parameters/adam.js';
import { clipGlobalNorm } from '../../../src/policy/parameters/clip-global-norm.js';
import { copyParameters, type MlpParameters, zeroParameters } from '../../../src/policy/parameters/mlp-parameters.js';
import { polyakUpdate } from '../../../src/policy/parameters/polyak.js';

const shape = { hiddenSize: 1, innerSize: 1 };
const filled = (w1: number, b1: number, w2: number, b2: number): MlpParameters => ({
  w1: Float32Array.of(w1),
  b1: Float32Array.of(b1),
  w2: Float32Array.of(w2),
  b2: Float32Array.of(b2),
});

describe('Adam', () => {
  it('first moves by the learning rate against the sign, whatever the size of the gradient', () => {
    const parameters = filled(1, 1, 1, 1);
    adamStep(parameters, filled(1e-3, -5, 1e4, 0), createAdamState(shape), { learningRate: 0.1 });
    expect(parameters.w1[0]).toBeCloseTo(0.9, 5);
    expect(parameters.b1[0]).toBeCloseTo(1.1, 5);
    expect(parameters.w2[0]).toBeCloseTo(0.9, 5);
    expect(parameters.b2[0]).toBe(1);
  });

  it('moves less where the gradient is as small as epsilon', () => {
    const parameters = filled(1, 1, 1, 1);
    adamStep(parameters, filled(1e-8, 3e-8, 0, 0), createAdamState(shape), { learningRate: 0.1 });
    expect(parameters.w1[0]).toBeCloseTo(0.95, 4);
    expect(parameters.b1[0]).toBeCloseTo(0.925, 4);
  });

  it('finds the minimum of a bowl', () => {
    const parameters = filled(3, -2, 5, 0.5);
    const state = createAdamState(shape);
    for (let step = 0; step < 500; step++) {
      const gradients = filled(parameters.w1[0]! - 1, 10 * parameters.b1[0]!, parameters.w2[0]! - 2, parameters.b2[0]!);
      adamStep(parameters, gradients, state, { learningRate: 0.05 });
    }
    expect(state.step).toBe(500);
    const found = [parameters.w1[0]!, parameters.b1[0]!, parameters.w2[0]!, parameters.b2[0]!];
    for (const [i, value] of [1, 0, 2, 0].entries()) expect(found[i]).toBeCloseTo(value, 2);
  });
});

describe('clipping by the global norm', () => {
  it('scales all arrays by one factor, and leaves small gradients alone', () => {
    const gradients = filled(3, 0, 0, 4);
    expect(clipGlobalNorm(gradients, 10)).toBe(5);
    expect(gradients).toEqual(filled(3, 0, 0, 4));
    expect(clipGlobalNorm(gradients, 1)).toBe(5);
    expect(gradients.w1[0]).toBeCloseTo(0.6, 5);
    expect(gradients.b2[0]).toBeCloseTo(0.8, 5);
  });

  it('keeps the norm a little below the limit, so that rounding does not take it above', () => {
    const gradients = filled(2e-6, 0, 0, 0);
    clipGlobalNorm(gradients, 1e-6);
    expect(gradients.w1[0]! / 2e-6).toBeCloseTo(1 / 3, 4);
  });

  it('reports a norm that is not finite and does not spread it', () => {
    const gradients = filled(1, Number.NaN, 2, Number.POSITIVE_INFINITY);
    expect(clipGlobalNorm(gradients, 1)).toBeNaN();
    expect([gradients.w1[0], gradients.w2[0]]).toEqual([1, 2]);
  });
});

describe('the target network', () => {
  it('goes the share τ of the way to the policy', () => {
    const targetNetwork = zeroParameters(shape);
    const policy = filled(1, 2, -4, 8);
    polyakUpdate(targetNetwork, policy, 0.25);
    expect(targetNetwork).toEqual(filled(0.25, 0.5, -1, 2));
    const copy = copyParameters(policy);
    expect(copy).toEqual(policy);
    for (const values of Object.values(copy)) values.fill(0);
    expect(policy).toEqual(filled(1, 2, -4, 8));
  });
});
