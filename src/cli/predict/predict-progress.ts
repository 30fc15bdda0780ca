import { formatCount, formatDuration } from '../../ui/format-values.js';
import type { CliContext } from '../output/context.js';
import { sayProgress } from '../output/say.js';

/** Fewer rows are labelled before anyone asks. */
const FEW_ROWS = 64;

/** Says how many rows are labelled, and how long the others will take. */
export function progressOf(of: number, context: Pick<CliContext, 'stderr'>): (done: number) => void {
  if (of <= FEW_ROWS) return () => {};
  const began = performance.now();
  return (done) => {
    const left = ((performance.now() - began) / 1000) * ((of - done) / done);
    const line = `${formatCount(done)} of ${formatCount(of)} rows`;
    sayProgress(context, done < of ? `${line}, ${formatDuration(left)} left` : line, done === of);
  };
}
