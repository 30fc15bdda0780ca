import { isDeepStrictEqual } from 'node:util';
import { flagName } from '../../config/config-layers.js';
import type { RunConfig, RunConfigKey } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { StopReason } from '../../events.js';
import { countOf } from '../../group-digits.js';
import { shellWord } from '../../shell-word.js';
import { howItStopped } from '../store/how-it-stopped.js';
import { resultOf } from '../store/run-folder.js';
import type { RunManifest } from '../store/run-manifest.js';

/** The settings that decide when a run ends so, the one to raise first. */
const LIMITS_BEHIND: Readonly<Partial<Record<StopReason, readonly [RunConfigKey, ...RunConfigKey[]]>>> = {
  steps: ['steps'],
  forwards: ['forwards'],
  tokens: ['maxTokens'],
  cost: ['maxCost', 'price'],
  requests: ['maxRequests'],
  minutes: ['minutes'],
  patience: ['patience'],
  'target-score': ['targetScore'],
};

/**
 * Refuses to resume a run that has come to its end, unless the limit that ended it was changed: with other limits raised it
 * would end at once.
 *
 * @throws RlpromptError `E_RUN_FINISHED`
 */
export function refuseFinished(runDir: string, now: RunConfig, before: RunManifest): void {
  const result = resultOf(runDir);
  if (!result) return;
  const limits = LIMITS_BEHIND[result.stopReason] ?? [];
  if (limits.some((key) => !isDeepStrictEqual(now[key], before.config[key]))) return;
  const [limit] = limits;
  const raised = limit && higher(limit, Number(before.config[limit]));
  const again = raised
    ? `, or resume it with a higher limit: rlprompt resume ${shellWord(runDir)} --${flagName(limit)} ${raised}`
    : '';
  throw new RlpromptError({
    code: 'E_RUN_FINISHED',
    exit: 'usage',
    message: `the run is finished: it ${howItStopped(result.stopReason)}, after ${countOf(result.steps, 'step')}`,
    where: runDir,
    kept: 'the run is unchanged',
    next: `rlprompt top ${shellWord(runDir)}${again}`,
  });
}

/** Scores end at 1. */
function higher(limit: RunConfigKey, value: number): number {
  return limit === 'targetScore' && value < 1 ? (1 + value) / 2 : 2 * value;
}
