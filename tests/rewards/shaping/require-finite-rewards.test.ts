import { describe, expect, it } from 'vitest';
import { requireFiniteRewards } from '../../../src/rewards/shaping/require-finite-rewards.js';
import type { RolloutReward } from '../../../src/trainers/contract/types.js';

const FINE: RolloutReward = { raw: 3, zScored: -1, shaped: 0.5, parts: { task: 2, fluency: 1 } };

describe('requireFiniteRewards', () => {
  it('lets finite rewards pass', () => {
    expect(() => requireFiniteRewards([FINE, { raw: 0, zScored: 0, shaped: 0 }])).not.toThrow();
  });

  it.each([
    { raw: Number.NaN },
    { zScored: Number.POSITIVE_INFINITY },
    { shaped: Number.NEGATIVE_INFINITY },
    { parts: { task: 2, fluency: Number.NaN } },
  ])('refuses %j by the place of its prompt', (wrong) => {
    expect(() => requireFiniteRewards([FINE, { ...FINE, ...wrong }])).toThrow(
      expect.objectContaining({
        code: 'E_REWARD_NONFINITE',
        exitCode: 3,
        message: expect.stringMatching(/^prompt 2 of the step has reward \S+, shaped \S+: not finite$/) as string,
        kept: 'what was learned before this step',
      }),
    );
  });
});
