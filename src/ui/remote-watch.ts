import type { RemoteUsage } from '../events.js';
import { countOf } from '../group-digits.js';
import type { Clock } from './clock.js';
import { formatCost, formatCount, formatRate } from './format-values.js';

/** Milliseconds over which rows per second are counted. */
const WINDOW_MS = 15_000;
const MOST_POINTS = 100;

/** Tells how far services and workers are, and how fast they go now. */
export class RemoteWatch {
  private readonly points = new Map<string, { at: number; rows: number }[]>();

  constructor(
    private readonly usage: () => readonly RemoteUsage[],
    private readonly clock: Clock,
  ) {}

  /** A line for each service or queue; none where all is computed in this process. */
  lines(): string[] {
    return this.usage().map((usage) => {
      const { model, requests, inFlight, waitMs, workers, trouble, tokens, cost } = usage;
      if (trouble !== undefined) return `${model}: ${trouble}`;
      const facts = [
        workers === undefined ? undefined : countOf(workers, 'worker'),
        `${formatRate(this.rateOf(usage))} rows/s`,
        `${formatCount(inFlight)} in flight`,
        countOf(requests, tokens ? 'request' : 'job'),
        tokens && countOf(tokens.read + tokens.written, 'token'),
        cost === undefined ? undefined : `cost ${formatCost(cost)}`,
        waitMs > 0 ? `the service asks to wait ${Math.ceil(waitMs / 1000)} s` : undefined,
      ];
      return `${model}: ${facts.filter((fact) => fact !== undefined).join(' · ')}`;
    });
  }

  /** Rows per second between the first moment in the window and now. */
  private rateOf({ model, rows }: RemoteUsage): number | undefined {
    const now = this.clock.now();
    const before = (this.points.get(model) ?? []).filter(({ at }) => now - at <= WINDOW_MS).slice(-MOST_POINTS);
    const [first] = before;
    this.points.set(model, [...before, { at: now, rows }]);
    return first && now > first.at ? (1000 * (rows - first.rows)) / (now - first.at) : undefined;
  }
}
