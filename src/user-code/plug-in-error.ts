import { type ErrorCode, type ExitReason, RlpromptError } from '../errors.js';
import type { HostedKind, ReadKind, RewardFault } from '../task/define/reward-messages.js';
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
  E_PLUGIN_OOM: 'keep less in memory between calls; then resume',
};

const MEND_REWARD = 'mend the reward, try it with: rlprompt tasks check <task>; then resume';

interface Answer {
  readonly code: ErrorCode;
  readonly exit: ExitReason;
  readonly next: string;
}

/** Files that are run for their data: whatever goes wrong in them, nothing has begun. */
const READ: Readonly<Record<ReadKind, Answer>> = {
  'configuration file': { code: 'E_CONFIG', exit: 'config', next: 'correct the file, or leave --config out' },
  'task file': { code: 'E_TASK_FILE', exit: 'config', next: 'correct the task file; rlprompt tasks check tries it' },
};

/** A fault in code of the user as the error that users see; its text was written by that code and is made visible. */
export function plugInError(fault: RewardFault, file: string, kind: HostedKind): RlpromptError {
  return new RlpromptError({
    ...answerTo(fault.code, kind),
    message: visibleText(fault.message).replaceAll('\n', ' '),
    where: visibleText(fault.where ?? file),
    cause: fault.stack,
  });
}

function answerTo(code: RewardFault['code'], kind: HostedKind): Answer {
  const exit = code === 'E_PLUGIN_LOAD' ? 'config' : 'internal';
  if (kind === 'reward') return { code, exit, next: NEXT[code] ?? MEND_REWARD };
  if (kind !== 'environment') return READ[kind];
  return { code, exit, next: 'correct the environment; then resume with: rlprompt act resume FOLDER' };
}

export function mayPass(error: unknown): error is RlpromptError {
  return error instanceof RlpromptError && PASSING.has(error.code);
}
