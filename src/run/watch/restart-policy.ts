import type { RunConfig } from '../../config/run-config.js';
import type { UnnumberedEvent } from '../../events.js';
import type { Trainer } from '../../trainers/contract/types.js';
import type { Health, HealthWarning } from './health.js';
import type { RewardSchedule } from './reward-schedule.js';

export interface CollapsedRun {
  readonly config: Pick<RunConfig, 'onCollapse'>;
  readonly trainer: Trainer;
  readonly schedule: RewardSchedule;
  readonly health: Health;
  readonly rangeNow: () => readonly [min: number, max: number];
}

/**
 * Restarts a policy that collapsed from its replay, at half the reward's scale, and says so; undefined where that is not
 * wanted, the trainer has no replay, or it was done too often.
 */
export async function restartPolicy(
  { config, trainer, schedule, health, rangeNow }: CollapsedRun,
  { message }: HealthWarning,
): Promise<UnnumberedEvent | undefined> {
  if (config.onCollapse !== 'restart' || !trainer.restart || !schedule.canSoften) return undefined;
  schedule.soften();
  health.noteRestart();
  const rewardTo = rangeNow();
  await trainer.restart({ rewardTo });
  const range = rewardTo.map((bound) => Number(bound.toPrecision(3))).join();
  return {
    type: 'warning',
    code: 'policy-restarted',
    message: `${message}; it restarts from the best prompts it has found, with rewards mapped to ${range}`,
    hint: '--on-collapse warn leaves a policy as it is; a smaller --reward-to from the start keeps it from collapsing',
  };
}
