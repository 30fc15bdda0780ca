import { describe, expect, it } from 'vitest';
import { createAdamState } from '../../../src/policy/parameters/adam.js';
import { PARAMETER_NAMES } from '../../../src/policy/parameters/mlp-parameters.js';
import {
  fillMoments,
  matrixShapes,
  named,
  namedMoments,
  saved,
  unnamed,
} from '../../../src/policy/parameters/saved-parameters.js';

it('matrixShapes finds the rows and columns of each w1 and w2, whatever was saved beside them', () => {
  const arrays = {
    'policy.w1': new Float32Array(12),
    'policy.b1': new Float32Array(3),
    'policy.w2': new Float32Array(12),
    'policy.b2': new Float32Array(4),
    'critic.first.w1': new Float32Array(8),
    'critic.first.b1': new Float32Array(2),
    'critic.first.w2': new Float32Array(2),
    'critic.first.b2': new Float32Array(1),
    'replay.hidden': new Float32Array(40),
    'lonely.w1': new Float32Array(6),
  };
  expect(matrixShapes(arrays)).toEqual({
    'policy.w1': [4, 3],
    'policy.w2': [3, 4],
    'critic.first.w1': [4, 2],
    'critic.first.w2': [2, 1],
  });
});

describe('the moments of Adam', () => {
  const shape = { hiddenSize: 2, innerSize: 3 };

  it('are saved as copies under their prefix and filled in again, each in its place', () => {
    const adam = createAdamState(shape);
    for (const [i, name] of PARAMETER_NAMES.entries()) {
      adam.firstMoments[name].fill(i + 1);
      adam.secondMoments[name].fill(-i - 1);
    }
    const arrays = namedMoments('critic', adam);
    expect(Object.keys(arrays)).toEqual(
      ['first', 'second'].flatMap((moment) => PARAMETER_NAMES.map((name) => `critic.${moment}.${name}`)),
    );
    const other = createAdamState(shape);
    fillMoments('critic', other, arrays);
    expect(other).toEqual(adam);
    adam.firstMoments.b1.fill(0);
    expect(arrays['critic.first.b1']).toEqual(new Float32Array(3).fill(2));
  });

  it('are refused where one is missing', () => {
    expect(() => saved({}, 'policy.w1')).toThrow('the checkpoint has no array policy.w1');
    expect(() => fillMoments('adam', createAdamState(shape), {})).toThrow('the checkpoint has no array adam.first.w1');
  });

  it('and parameters are those that were named', () => {
    const { firstMoments } = createAdamState(shape);
    for (const [i, name] of PARAMETER_NAMES.entries()) firstMoments[name].fill(i + 1);
    expect(unnamed('policy', named('policy', firstMoments))).toEqual(firstMoments);
    expect(() => unnamed('policy', {})).toThrow('the checkpoint has no array policy.w1');
  });
});
