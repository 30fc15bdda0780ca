import { describe, expect, it } from 'vitest';
import {
  initialParameters,
  type MlpParameters,
  PARAMETER_NAMES,
  zeroParameters,
} from '../../../src/policy/parameters/mlp-parameters.js';
import { unnamed } from '../../../src/policy/parameters/saved-parameters.js';
import { PolicyOptimizer } from '../../../src/trainers/policy/policy-optimizer.js';

describe('the optimizer of a policy', () => {
  const shape = { hiddenSize: 2, innerSize: 2 };
  const all = (value: number): MlpParameters => {
    const parameters = zeroParameters(shape);
    for (const name of PARAMETER_NAMES) parameters[name].fill(value);
    return parameters;
  };
  const create = (parameters: MlpParameters) =>
    new PolicyOptimizer(parameters, shape, { learningRate: 0.1, clipNorm: 1 });

  it('moves the parameters and tells the norm before clipping', () => {
    const parameters = zeroParameters(shape);
    const { gradNorm, skipped } = create(parameters).apply(1, all(2));
    // 4 + 2 + 4 + 2 numbers of 2.
    expect([gradNorm, skipped]).toEqual([Math.sqrt(48), false]);
    for (const name of PARAMETER_NAMES) for (const value of parameters[name]) expect(value).toBeCloseTo(-0.1, 4);
  });

  it('is pulled back to where it started, by λ F (θ − θ*), and restarts there', async () => {
    const [parameters, gradients] = [all(3), zeroParameters(shape)];
    const start = { parameters: all(1), elastic: { lambda: 4, fisher: all(0.5) } };
    const optimizer = new PolicyOptimizer(parameters, shape, { learningRate: 0.1, clipNorm: 100, start });
    const { gradNorm, 'ewc/penalty': penalty } = optimizer.apply(1, gradients);
    // 12 numbers: slopes 4 · 0.5 · 2, penalties ½ · 4 · 0.5 · 2².
    expect([gradNorm, penalty]).toEqual([Math.sqrt(12 * 16), 12 * 4]);
    for (const name of PARAMETER_NAMES) for (const value of parameters[name]) expect(value).toBeCloseTo(2.9, 4);
    await optimizer.restart(7);
    expect(parameters).toEqual(all(1));
  });

  it('that only continues learns as one that was given its parameters', () => {
    const [plain, continued] = [all(3), all(3)];
    const settings = { learningRate: 0.1, clipNorm: 1 };
    const outcome = new PolicyOptimizer(continued, shape, { ...settings, start: { parameters: all(3) } }).apply(
      1,
      all(2),
    );
    expect(outcome).toEqual(new PolicyOptimizer(plain, shape, settings).apply(1, all(2)));
    expect(continued).toEqual(plain);
  });

  it.each([
    ['loss', Number.NaN, all(1)],
    ['loss', Number.POSITIVE_INFINITY, all(1)],
    ['gradient', 1, all(Number.NaN)],
  ] as const)('leaves an update out whose %s is not finite', (_, loss, gradients) => {
    const parameters = all(3);
    const optimizer = create(parameters);
    expect(optimizer.apply(loss, gradients).skipped).toBe(true);
    expect(parameters).toEqual(all(3));
    expect(optimizer.save().json).toEqual({ adamStep: 0 });
  });

  it('starts again as a run does, without memory of earlier gradients', async () => {
    const parameters = all(3);
    const optimizer = create(parameters);
    optimizer.apply(1, all(2));
    await optimizer.restart(5);
    expect(parameters).toEqual(await initialParameters(shape, 5));
    const { json, arrays } = optimizer.save();
    expect(json).toEqual({ adamStep: 0 });
    expect(unnamed('adam.first', arrays)).toEqual(all(0));
    expect(unnamed('adam.second', arrays)).toEqual(all(0));
  });

  it('continues from what was saved, which later updates do not change', () => {
    const parameters = all(1);
    const optimizer = create(parameters);
    optimizer.apply(1, all(2));
    const state = optimizer.save();
    optimizer.apply(1, all(-1));
    const others = all(9);
    const resumed = create(others);
    resumed.restore(state);
    resumed.apply(1, all(-1));
    expect(others).toEqual(parameters);
    expect(resumed.save()).toEqual(optimizer.save());
    expect(state.json).toEqual({ adamStep: 1 });
  });

  it('refuses a checkpoint without one of its arrays', () => {
    expect(() => create(all(0)).restore({ json: { adamStep: 1 }, arrays: {} })).toThrow(
      'the checkpoint has no array policy.w1',
    );
  });
});
