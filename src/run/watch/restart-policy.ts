import type { RunConfig } from '../../config/run-config.js';
import type { UnnumberedEvent } from '../../events.js';
import type { RewardSchedule } from '../../rewards/shaping/reward-schedule.js';
import type { Trainer } from '../../trainers/contract/types.js';
import type { Health, HealthWarning } from './health.js';

export interface CollapsedRun {
  readonly config: Pick<RunConfig, 'onCollapse'>;
  readonly trainer: Trainer;
  readonly shaper: { readonly schedule: RewardSchedule };
  readonly watch: { readonly health: Pick<Health, 'noteRestart'> };
  readonly used: { readonly step: number; readonly forwards: number };
}

/**
 * Restarts a policy that collapsed from its replay, at half the reward's scale, and says so; undefined where that is not
 * wanted, the trainer has no replay, or it was done too often.
 */
export async function restartPolicy(
  { config, trainer, shaper: { schedule }, watch, used }: CollapsedRun,
  { message }: HealthWarning,
): Promise<UnnumberedEvent | undefined> {
  if (config.onCollapse !== 'restart' || !trainer.restart || !schedule.canSoften) return undefined;
  schedule.soften();
  watch.health.noteRestart();
  const rewardTo = schedule.rangeAt(used);
  await trainer.restart({ rewardTo });
  const range = rewardTo.map((bound) => Number(bound.toPrecision(3))).join();
  return {
    type: 'warning',
    code: 'policy-restarted',
    message: `${message}; it restarts from the best prompts it has found, with rewards rescaled to ${range}`,
    hint: '--on-collapse warn leaves a policy as it is; a smaller --reward-to from the start keeps it from collapsing',
  };
}
