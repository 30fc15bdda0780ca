import { RlpromptError } from '../errors.js';
import type { HostedKind, RewardFault } from '../task/define/reward-messages.js';
import { visibleText } from './bounded-output.js';

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
  E_PLUGIN_OOM: 'keep less in memory between calls; then resume with --changed-task',
};

const MEND_REWARD = 'correct the reward, try it with: rlprompt tasks check <task>; then resume with --changed-task';

export const MEND_ENVIRONMENT = 'correct the environment; then repeat the command';

/** A fault in code of the user as the error that users see; its text was written by that code and is made visible. */
export function plugInError(fault: RewardFault, file: string, kind: HostedKind): RlpromptError {
  const told = {
    message: visibleText(fault.message).replaceAll('\n', ' '),
    where: visibleText(fault.where ?? file),
    cause: fault.stack,
  };
  if (kind === 'configuration file') {
    const next = 'correct the file, or leave --config out';
    return new RlpromptError({ ...told, code: 'E_CONFIG', exit: 'config', next });
  }
  if (kind === 'task file') {
    const next = 'correct the task file; rlprompt tasks check tries it';
    return new RlpromptError({ ...told, code: 'E_TASK_FILE', exit: 'config', next });
  }
  return new RlpromptError({
    ...told,
    code: fault.code,
    exit: fault.code === 'E_PLUGIN_LOAD' ? 'config' : 'internal',
    next: kind === 'environment' ? MEND_ENVIRONMENT : (NEXT[fault.code] ?? MEND_REWARD),
  });
}

export function mayPass(error: unknown): error is RlpromptError {
  return error instanceof RlpromptError && PASSING.has(error.code);
}
