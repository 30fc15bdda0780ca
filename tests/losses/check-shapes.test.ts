import { describe, expect, it } from 'vitest';
import { checkShapes } from '../../src/losses/check-shapes.js';
import { generalisedAdvantages } from '../../src/losses/generalised-advantages.js';
import { logVarianceLoss } from '../../src/losses/log-variance.js';
import { policyGradientLoss } from '../../src/losses/policy-gradient.js';
import { ppoClipLoss } from '../../src/losses/ppo-clip.js';
import { softQLoss } from '../../src/losses/soft-q.js';
import { sparseQLoss } from '../../src/losses/sparse-q.js';

const refusal = (message: string) => expect.objectContaining({ code: 'E_LOSS_SHAPE', exitCode: 70, message });

describe('checkShapes', () => {
  it('accepts arrays of the expected lengths', () => {
    expect(() => checkShapes(1, 1, { rewards: [[0.5], 1] })).not.toThrow();
  });

  it.each([
    [0, 1],
    [1, 0],
    [1.5, 2],
    [2, Number.NaN],
    [-1, 2],
  ])('refuses batch %s with time %s', (batch, time) => {
    const message = `batch and time must be whole numbers of at least 1, got ${batch} and ${time}`;
    expect(() => checkShapes(batch, time, {})).toThrow(refusal(message));
  });

  it('names the array, its length and the expected one', () => {
    const message = 'values holds 3 numbers; batch 2 and time 2 ask for 4';
    expect(() => checkShapes(2, 2, { rewards: [[1, 2], 2], values: [[1, 2, 3], 4] })).toThrow(refusal(message));
  });
});

const shape = { batch: 2, time: 2 };
const cells = [-1, -2, -3, -4];
const rows = [1, 0];

/** Each loss with arrays that fit, and the names of those that must. */
const LOSSES: readonly (readonly [string, (input: never) => unknown, object, readonly string[]])[] = [
  [
    'log-variance',
    logVarianceLoss,
    { logProbs: cells, rewards: rows, groups: rows, priorLogProbs: cells },
    ['logProbs', 'rewards', 'groups', 'priorLogProbs'],
  ],
  ['policy-gradient', policyGradientLoss, { logProbs: cells, rewards: rows }, ['logProbs', 'rewards']],
  [
    'ppo-clip',
    ppoClipLoss,
    { logProbs: cells, oldLogProbs: cells, advantages: cells },
    ['logProbs', 'oldLogProbs', 'advantages'],
  ],
  ['advantages', generalisedAdvantages, { rewards: cells, values: cells }, ['rewards', 'values']],
  [
    'soft-q',
    softQLoss,
    { logProbs: cells, targetValues: cells, rewards: rows, kind: 'both' },
    ['logProbs', 'targetValues', 'rewards'],
  ],
  ['sparse-q', sparseQLoss, { qValues: cells, rewards: rows }, ['qValues', 'rewards']],
];

describe.each(LOSSES)('%s', (_, loss, arrays, names) => {
  it.each(names)('refuses %s of another length', (name) => {
    const run = (changed: object) => loss({ ...shape, ...arrays, ...changed } as never);
    expect(() => run({})).not.toThrow();
    expect(() => run({ [name]: [1, 2, 3] })).toThrow(
      expect.objectContaining({ code: 'E_LOSS_SHAPE', message: expect.stringContaining(`${name} holds 3`) as string }),
    );
  });
});
