import { RlpromptError } from '../../errors.js';

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
  let received: keyof typeof EXITS | undefined;
  const onSignal = (signal: keyof typeof EXITS): void => {
    received ??= signal;
  };
  const signals = Object.keys(EXITS) as (keyof typeof EXITS)[];
  for (const signal of signals) process.on(signal, onSignal);
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
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
