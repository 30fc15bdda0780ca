import { zip } from '../../statistics/zip.js';
import type { Evaluation } from '../../task/types.js';
import type { RolloutReward } from '../../trainers/contract/types.js';
import { requireFiniteRewards } from './require-finite-rewards.js';
import { RewardSchedule, type ScheduleSettings } from './reward-schedule.js';
import { scaleReward, shapeReward } from './shape-reward.js';
import { zScore } from './z-score.js';

export interface ShapingSettings {
  readonly zScoreEpsilon: number;
  readonly rewardFrom: readonly [number, number];
  readonly rewardTo: readonly [number, number];
}

type Range = readonly [min: number, max: number];

/** What a step's evaluations are worth to the trainer: z-scored within their group, mapped to the range of the moment. */
export class RewardShaper {
  readonly schedule: RewardSchedule;

  /** @param options.keepsParts the objectives of a reward can weigh differently later, so trainers keep what it was made of */
  constructor(
    private readonly settings: ShapingSettings & ScheduleSettings,
    private readonly options: { readonly keepsParts: boolean },
  ) {
    this.schedule = new RewardSchedule(settings);
  }

  /**
   * @param groups the group of each evaluation; undefined puts all of them into one
   * @throws RlpromptError `E_REWARD_NONFINITE` before anything is learned
   */
  shape(evaluations: readonly Evaluation[], rewardTo: Range, groups: readonly number[] | undefined): RolloutReward[] {
    const raw = evaluations.map(({ reward }) => reward);
    const rewards = toStepRewards(raw, { ...this.settings, rewardTo }, groups).map((reward, i) => {
      const parts = this.options.keepsParts ? evaluations[i]?.parts : undefined;
      return parts ? { ...reward, parts } : reward;
    });
    requireFiniteRewards(rewards);
    return rewards;
  }

  /** How many shaped units a standard deviation of the reward is, where that changes over the run. */
  metrics(rewardTo: Range): { 'reward/scale'?: number } {
    if (!this.schedule.isChanging) return {};
    return { 'reward/scale': scaleReward(1, { from: this.settings.rewardFrom, to: rewardTo }) };
  }
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
