import type { StopReason } from '../../events.js';

const HOW: Readonly<Record<StopReason, string>> = {
  steps: 'stopped at the step limit',
  forwards: 'stopped at the limit on forwards',
  tokens: 'stopped at the token limit',
  cost: 'stopped at the cost limit',
  requests: 'stopped at the request limit',
  minutes: 'stopped at the time limit',
  patience: 'stopped when evaluations found nothing better',
  'target-score': 'stopped at the target score',
  user: 'stopped at the user’s request',
  interrupted: 'stopped when it was interrupted',
  terminated: 'stopped when it was terminated',
};

/** Why a run ended, for a person: as it is, or after "it". */
export function howItStopped(reason: StopReason): string {
  return HOW[reason];
}
