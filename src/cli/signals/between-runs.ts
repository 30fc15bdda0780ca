import { RlpromptError } from '../../errors.js';
import { hearSignals, type StopSignal } from './signals.js';

const EXITS = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'hangup' } as const;

/** Heeds a signal that comes when one of several runs has ended, or is past stopping, and the next has not begun. */
export interface BetweenRuns {
  /** @throws RlpromptError `E_INTERRUPTED` where a signal came */
  check(): void;
  /** Gives signals back. */
  release(): void;
}

/** @param next the command that does what is left */
export function watchBetweenRuns(next: string | undefined): BetweenRuns {
  let received: StopSignal | undefined;
  const release = hearSignals(Object.keys(EXITS) as StopSignal[], (signal) => {
    received ??= signal;
  });
  return {
    check: () => {
      if (received === undefined) return;
      throw new RlpromptError({
        code: 'E_INTERRUPTED',
        exit: EXITS[received],
        message: `stopped by ${received} between two runs`,
        kept: 'every run that is finished',
        next,
      });
    },
    release,
  };
}
