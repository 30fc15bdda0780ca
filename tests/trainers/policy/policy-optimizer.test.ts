import { expect, it } from 'vitest';
import { matrixShapes } from '../../../src/trainers/policy/policy-optimizer.js';

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
