import { RlpromptError } from '../../errors.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluation } from '../../task/types.js';
import type { RolloutReward } from '../../trainers/contract/types.js';
import { type Range, RewardSchedule, type ScheduleSettings } from './reward-schedule.js';
import { zScore } from './z-score.js';

export interface ShapingSettings {
  readonly zScoreEpsilon: number;
  readonly rewardFrom: Range;
  readonly rewardTo: Range;
}

interface RewardShaping {
  readonly from: Range;
  readonly to: Range;
}

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
    requireFinite(evaluations);
    const raw = evaluations.map(({ reward }) => reward);
    return toStepRewards(raw, { ...this.settings, rewardTo }, groups).map((reward, i) => {
      const parts = this.options.keepsParts ? evaluations[i]?.parts : undefined;
      return parts ? { ...reward, parts } : reward;
    });
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
  const { zScoreEpsilon: epsilon, rewardFrom: from, rewardTo: to } = settings;
  const zScored = zScore(raw, { epsilon, groups });
  return [...zip(raw, zScored)].map(([value, score], i) => ({
    raw: value,
    zScored: score,
    shaped: shapeReward(score, { from, to }),
    ...(groups?.[i] === undefined ? {} : { group: groups[i] }),
  }));
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
      next: 'give two different finite numbers',
    });
  }
  const shaped = ((value - from[0]) / width) * (to[1] - to[0]) + to[0];
  if (!Number.isFinite(shaped)) {
    throw new RlpromptError({
      code: 'E_REWARD_RANGE',
      exit: 'internal',
      message: `reward ${value} is ${shaped} after shaping to [${to.join(', ')}]`,
      next: 'scale the reward down',
    });
  }
  return shaped;
}

/** The same line without its offset: how far apart two shaped rewards are whose values are `difference` apart. */
export function scaleReward(difference: number, { from, to }: RewardShaping): number {
  return (difference * (to[1] - to[0])) / (from[1] - from[0]);
}

/** What is not finite would stay in running statistics, a replay or a population for good. */
function requireFinite(evaluations: readonly Evaluation[]): void {
  for (const [i, { reward, parts }] of evaluations.entries()) {
    const wrong = Object.entries({ reward, ...parts }).find(([, value]) => !Number.isFinite(value));
    if (!wrong) continue;
    const [name, value] = wrong;
    throw new RlpromptError({
      code: 'E_REWARD_NONFINITE',
      exit: 'numeric',
      message: `prompt ${i + 1} of the step has ${name} ${value}, which is not finite`,
      kept: 'what was learned before this step',
    });
  }
}
