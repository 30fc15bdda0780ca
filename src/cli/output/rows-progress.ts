import { type Clock, systemClock } from '../../ui/clock.js';
import { formatCount, formatDuration } from '../../ui/format-values.js';
import type { CliContext } from './context.js';
import { say, sayProgress } from './say.js';

/** Fewer rows are done before anyone asks. */
const FEW_ROWS = 64;
/** Between two lines where none is drawn over the one before, as in the log of a run. */
const QUIET_MS = 30_000;

/** Says on stderr how many rows are done, and how long the others will take: a line on a terminal, one every half minute elsewhere. */
export function progressOf(
  of: number,
  context: Pick<CliContext, 'stderr'>,
  clock: Pick<Clock, 'now'> = systemClock,
): (done: number) => void {
  if (of <= FEW_ROWS) return () => {};
  const began = clock.now();
  let saidAt = began;
  return (done) => {
    const now = clock.now();
    const line = rowsLine(done, of, (now - began) / 1000);
    if (context.stderr.isTTY) sayProgress(context, line, done === of);
    else if (now - saidAt >= QUIET_MS) {
      saidAt = now;
      say(context, line);
    }
  };
}

function rowsLine(done: number, of: number, seconds: number): string {
  // What rows share is computed for all of them before the first has its score.
  if (done === 0) return `${formatCount(of)} rows under way for ${formatDuration(seconds)}`;
  const count = `${formatCount(done)} of ${formatCount(of)} rows`;
  return done < of ? `${count}, ${formatDuration((seconds * (of - done)) / done)} left` : count;
}

/** Looks again and again how many rows are done; returns what ends it, with their whole number where it was shown. */
export function watchRows(
  { done, most }: { readonly done: () => number; readonly most: number },
  context: Pick<CliContext, 'stderr'>,
  clock: Clock = systemClock,
): () => void {
  const report = progressOf(most, context, clock);
  let isShown = false;
  const stop = clock.every(1000, () => {
    isShown = true;
    report(Math.min(most - 1, done()));
  });
  return () => {
    stop();
    if (isShown) report(most);
  };
}
