import { RlpromptError } from '../../errors.js';
import type { HostedKind, RewardFault } from '../../task/define/reward-messages.js';
import { visibleText } from './custom-output.js';

/** Failures that may pass when the call is made once more; what a reward answers wrongly stays wrong. */
const PASSING = new Set<string>([
  'E_PLUGIN_THROW',
  'E_PLUGIN_TIMEOUT',
  'E_PLUGIN_EXIT',
  'E_PLUGIN_OOM',
  'E_PLUGIN_STRAY',
]);

const NEXT: Readonly<Record<string, string>> = {
  E_PLUGIN_LOAD: 'rlprompt tasks check <task>',
  E_PLUGIN_TIMEOUT: 'make the reward faster, or give it longer: --reward-timeout SECONDS; then resume',
  E_PLUGIN_OOM: 'keep less in memory between calls; then resume',
};

const NEXT_OF_ENVIRONMENT = 'correct the environment; then resume with: rlprompt act resume FOLDER';

/** A fault of a reward or an environment as the error that users see; its text was written by the plug-in and is made visible. */
export function rewardError(fault: RewardFault, file: string | undefined, kind: HostedKind = 'reward'): RlpromptError {
  const next = NEXT[fault.code] ?? 'mend the reward, try it with: rlprompt tasks check <task>; then resume';
  return new RlpromptError({
    code: fault.code,
    exit: fault.code === 'E_PLUGIN_LOAD' ? 'config' : 'internal',
    message: visibleText(fault.message).replaceAll('\n', ' '),
    where: visibleText(fault.where ?? file ?? ''),
    cause: fault.stack,
    next: kind === 'environment' ? NEXT_OF_ENVIRONMENT : next,
  });
}

export function mayPass(error: unknown): error is RlpromptError {
  return error instanceof RlpromptError && PASSING.has(error.code);
}
