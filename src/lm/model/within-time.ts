import { Script } from 'node:vm';

/** The global through which a script reaches the call it is to make. */
const CALL = Symbol.for('rlprompt.timed-call');
const script = new Script("globalThis[Symbol.for('rlprompt.timed-call')]()");

/** Makes a call and stops it in the middle where it takes longer, in milliseconds. @throws what `hasTimedOut` knows */
export function withinTime<T>(call: () => T, timeout: number): T {
  const scope = globalThis as { [CALL]?: () => T };
  const outer = scope[CALL];
  scope[CALL] = call;
  try {
    return script.runInThisContext({ timeout }) as T;
  } finally {
    if (outer) scope[CALL] = outer;
    else delete scope[CALL];
  }
}

/** Whether `withinTime` stopped a call. */
export function hasTimedOut(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
