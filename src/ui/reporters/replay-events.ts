import { RlpromptError } from '../../errors.js';
import type { Reporter, RunEvent } from '../../events.js';

export interface ReplayOptions {
  /** How many times as fast as the run was; Infinity draws everything at once. */
  readonly speed: number;
  /** Ends the replay early. */
  readonly signal?: AbortSignal;
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Shows recorded events again, a step taking its recorded seconds divided by `speed`. Does not close the reporter. */
export async function replayEvents(
  events: Iterable<RunEvent> | AsyncIterable<RunEvent>,
  reporter: Reporter,
  { speed, signal, sleep = sleepQuietly }: ReplayOptions,
): Promise<void> {
  if (!(speed > 0)) {
    throw new RlpromptError({
      code: 'E_REPLAY_SPEED',
      exit: 'usage',
      message: `a replay cannot run at speed ${speed}; the speed must be above 0`,
      next: 'use --speed 1 for the pace of the run, --speed 10 for ten times as fast',
    });
  }
  for await (const event of events) {
    if (event.type === 'step-end') await sleep((1000 * event.seconds) / speed, signal);
    if (signal?.aborted) return;
    reporter.report(event);
  }
}

function sleepQuietly(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted || !(milliseconds > 0)) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
