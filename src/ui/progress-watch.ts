import type { RunProgress } from '../events.js';
import type { Clock } from './clock.js';
import { formatCount } from './format-values.js';

export interface ShownProgress extends RunProgress {
  /** Since it began. */
  readonly seconds: number;
  /** Until its end at the pace so far, at most; undefined before the first row. */
  readonly secondsLeft: number | undefined;
}

/** Tells how long what a run is doing has taken, and how long it will. */
export class ProgressWatch {
  private since: { readonly at: number; readonly rows: number; readonly most: number } | undefined;
  private last = 0;

  constructor(
    private readonly progress: () => RunProgress | undefined,
    private readonly clock: Clock,
  ) {}

  now(): ShownProgress | undefined {
    const progress = this.progress();
    if (!progress) {
      this.since = undefined;
      return undefined;
    }
    const at = this.clock.now();
    const isAnother = this.since?.most !== progress.most || progress.rows < this.last;
    if (!this.since || isAnother) this.since = { at, rows: progress.rows, most: progress.most };
    this.last = progress.rows;
    const seconds = (at - this.since.at) / 1000;
    const done = progress.rows - this.since.rows;
    return {
      ...progress,
      seconds,
      secondsLeft: done > 0 ? (seconds * (progress.most - progress.rows)) / done : undefined,
    };
  }
}

/** `finding label words: 120 of at most 448 rows`. */
export function progressText({ doing, rows, most }: RunProgress): string {
  return `${doing}: ${formatCount(rows)} of at most ${formatCount(most)} rows`;
}
