import { zip } from '../../statistics/zip.js';
import type { RolloutReward } from '../../trainers/contract/types.js';
import { shapeReward } from './shape-reward.js';
import { zScore } from './z-score.js';

export interface ShapingSettings {
  readonly zScoreEpsilon: number;
  readonly rewardFrom: readonly [number, number];
  readonly rewardTo: readonly [number, number];
}

/**
 * Raw rewards of a step's rollouts -> z-scored within their group -> shaped.
 *
 * @param groups the group of each rollout; undefined puts all of them into one
 */
export function toStepRewards(
  raw: readonly number[],
  settings: ShapingSettings,
  groups?: readonly number[],
): RolloutReward[] {
  const zScored = zScore([...raw], { epsilon: settings.zScoreEpsilon, ...(groups ? { groups: [...groups] } : {}) });
  const [fromMin, fromMax] = settings.rewardFrom;
  const [toMin, toMax] = settings.rewardTo;
  return [...zip(raw, zScored)].map(([value, score], i) => ({
    raw: value,
    zScored: score,
    shaped: shapeReward(score, { from: [fromMin, fromMax], to: [toMin, toMax] }),
    ...(groups?.[i] === undefined ? {} : { group: groups[i] }),
  }));
}
