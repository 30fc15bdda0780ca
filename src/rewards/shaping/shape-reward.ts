import { RlpromptError } from '../../errors.js';

export interface RewardShaping {
  readonly from: readonly [min: number, max: number];
  readonly to: readonly [min: number, max: number];
}

/**
 * The straight line that takes `from` to `to`; values outside `from` are carried on along it, not cut off. With [0, 1] → [0, 5]
 * a z-score is multiplied by 5, the inverse of the policy's temperature.
 *
 * @throws RlpromptError E_REWARD_SHAPING when `from` is empty, E_REWARD_RANGE when the result is not finite
 */
export function shapeReward(value: number, { from, to }: RewardShaping): number {
  const width = from[1] - from[0];
  if (width === 0 || !Number.isFinite(width)) {
    throw new RlpromptError({
      code: 'E_REWARD_SHAPING',
      exit: 'config',
      message: `reward shaping starts from [${from.join(', ')}], expected two different finite numbers`,
    });
  }
  const shaped = ((value - from[0]) / width) * (to[1] - to[0]) + to[0];
  if (!Number.isFinite(shaped)) {
    throw new RlpromptError({
      code: 'E_REWARD_RANGE',
      exit: 'internal',
      message: `reward ${value} is ${shaped} after shaping to [${to.join(', ')}]`,
    });
  }
  return shaped;
}

/** The same line without its offset: how far apart two shaped rewards are whose values are `difference` apart. */
export function scaleReward(difference: number, { from, to }: RewardShaping): number {
  return (difference * (to[1] - to[0])) / (from[1] - from[0]);
}
