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

  it('multiplies the gradients by a factor as if they were written down so', () => {
    const [written, multiplied] = [filled(1, 1, 1, 1), filled(1, 1, 1, 1)];
    const factor = 0.1234567;
    const gradients = filled(0.3, -7, 1e-9, 0);
    const states = [createAdamState(shape), createAdamState(shape)] as const;
    for (let step = 0; step < 3; step++) {
      adamStep(multiplied, gradients, states[0], { learningRate: 0.1, gradientFactor: factor });
      const scaled = filled(0, 0, 0, 0);
      for (const [name, values] of Object.entries(gradients))
        scaled[name as keyof MlpParameters][0] = values[0]! * factor;
      adamStep(written, scaled, states[1], { learningRate: 0.1 });
    }
    expect(multiplied).toEqual(written);
    expect(states[0]).toEqual(states[1]);
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
  it('gives one factor for all arrays, and 1 for small gradients', () => {
    const gradients = filled(3, 0, 0, 4);
    expect(clipGlobalNorm(gradients, 10)).toEqual({ norm: 5, factor: 1 });
    expect(clipGlobalNorm(gradients, 1)).toEqual({ norm: 5, factor: expect.closeTo(0.2, 5) });
    expect(gradients).toEqual(filled(3, 0, 0, 4));
  });

  it('keeps the norm a little below the limit, so that rounding does not take it above', () => {
    const gradients = filled(2e-6, 0, 0, 0);
    expect(clipGlobalNorm(gradients, 1e-6).factor).toBeCloseTo(1 / 3, 4);
  });

  it('reports a norm that is not finite', () => {
    expect(clipGlobalNorm(filled(1, Number.NaN, 2, Number.POSITIVE_INFINITY), 1).norm).toBeNaN();
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
