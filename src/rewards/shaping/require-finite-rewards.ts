import { RlpromptError } from '../../errors.js';
import type { RolloutReward } from '../../trainers/contract/types.js';

/**
 * Refuses rewards that are not finite before anything is learned from them: one of them would stay in running statistics,
 * a replay or a population for good.
 *
 * @throws RlpromptError E_REWARD_NONFINITE
 */
export function requireFiniteRewards(rewards: readonly RolloutReward[]): void {
  const wrong = rewards.find(
    ({ raw, zScored, shaped, parts = {} }) => ![raw, zScored, shaped, ...Object.values(parts)].every(Number.isFinite),
  );
  if (!wrong) return;
  throw new RlpromptError({
    code: 'E_REWARD_NONFINITE',
    exit: 'numeric',
    message: `prompt ${rewards.indexOf(wrong) + 1} of the step has reward ${wrong.raw}, shaped ${wrong.shaped}: not finite`,
    kept: 'what was learned before this step',
  });
}
