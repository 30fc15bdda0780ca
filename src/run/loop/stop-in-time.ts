import type { StopRequest } from '../../events.js';
import type { RequestQueue } from './run-controls.js';

/** How long a run that is told to stop may still take: long enough for a step of a small model. */
const PATIENCE_MS = 800;
/** What is ready when that time is over still comes. */
const LAST_MS = 50;

/**
 * Hands on what a run yields. Once a stop is urgent and the work under way does not come to its end in time, that work is
 * given up: it may be an evaluation of minutes. Then `giveUp` says what is kept.
 *
 * @param giveUp always throws
 */
export async function* stopInTime<Event, Result>(
  events: AsyncGenerator<Event, Result>,
  requests: RequestQueue,
  giveUp: (reason: StopRequest) => AsyncGenerator<Event, never>,
): AsyncGenerator<Event, Result> {
  const overdue = new Overdue(requests);
  try {
    for (;;) {
      // The race also takes a later failure of what was given up.
      const next = await Promise.race([events.next(), overdue.reached()]);
      if (next === undefined) return yield* giveUp(requests.urgent ?? 'interrupted');
      if (next.done) return next.value;
      yield next.value;
    }
  } finally {
    overdue.end();
  }
}

/** The moment at which a run has had time enough to stop. */
class Overdue {
  private timer: NodeJS.Timeout | undefined;
  private at: number | undefined;
  private wake: (() => void) | undefined;
  private readonly unsubscribe: () => void;

  constructor(requests: RequestQueue) {
    this.unsubscribe = requests.onUrgent(() => {
      this.at = performance.now() + PATIENCE_MS;
      this.arm();
    });
  }

  /** Resolves when the time is over, and somewhat later where it is over already. */
  reached(): Promise<undefined> {
    return new Promise((resolve) => {
      this.wake = () => resolve(undefined);
      this.arm();
    });
  }

  end(): void {
    clearTimeout(this.timer);
    this.unsubscribe();
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.at === undefined) return;
    this.timer = setTimeout(() => this.wake?.(), Math.max(LAST_MS, this.at - performance.now()));
  }
}
