import { writeSync } from 'node:fs';
import { constants } from 'node:os';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** How many parts of the program hear signals themselves. */
let listeners = 0;
/** Set before the program ends, so that nothing takes the end for an accident. */
let isEnding = false;
let endBy = (signal: StopSignal): void => {
  isEnding = true;
  try {
    writeSync(
      2,
      `rlprompt: E_INTERRUPTED: stopped by ${signal} while starting · nothing was begun · repeat the command\n`,
    );
  } catch {
    // The terminal is gone.
  }
  process.exit(128 + constants.signals[signal]);
};

/** Whether a signal ended the program while it was starting. */
export function isEndedBySignal(): boolean {
  return isEnding;
}

/** Says how the program ends by a signal that no part of it hears. */
export function setSignalEnd(end: (signal: StopSignal) => void): void {
  endBy = end;
}

/** Hears signals in place of the program's end; returns what stops it. */
export function hearSignals(names: readonly StopSignal[], listener: (signal: StopSignal) => void): () => void {
  listeners += 1;
  for (const name of names) process.on(name, listener);
  let isHearing = true;
  return () => {
    if (!isHearing) return;
    isHearing = false;
    listeners -= 1;
    for (const name of names) process.off(name, listener);
  };
}

/** Hears one signal; the next ends the program. */
export function hearOneSignal(names: readonly StopSignal[], listener: (signal: StopSignal) => void): () => void {
  const stop = hearSignals(names, (signal) => {
    stop();
    listener(signal);
  });
  return stop;
}

// From the program's first line on; a listener that a command adds is called after this one.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (listeners === 0) endBy(name);
  });
}
