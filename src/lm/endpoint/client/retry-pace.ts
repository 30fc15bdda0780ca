import { setTimeout } from 'node:timers/promises';
import { spreadOut } from '../../../files/retry-wait.js';

const LONGEST_BACKOFF_MS = 60_000;

/** When a service may be asked again. All requests of one service share it: what one is told holds for the others. */
export class RetryPace {
  #notBefore = 0;
  #waits = 0;

  constructor(private readonly retryMs: number) {}

  /** Milliseconds until the service may be asked again; 0 when it may be asked now. */
  get waitMs(): number {
    return Math.max(0, this.#notBefore - performance.now());
  }

  /** @throws the signal's reason */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const wait = this.waitMs;
      if (wait === 0) return;
      await pause(wait, signal);
    }
  }

  /** What the service asked for holds everyone back; a mere failure only the request that met it. */
  async after(failures: number, askedMs: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    const backoff = Math.min(LONGEST_BACKOFF_MS, this.retryMs * 2 ** (failures - 1));
    const wait = spreadOut(backoff, String(++this.#waits)) + (askedMs ?? 0);
    if (askedMs !== undefined) this.#notBefore = Math.max(this.#notBefore, performance.now() + wait);
    else await pause(wait, signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    // Many requests wait at once: each with a signal of its own, so that no listener counts as leaked.
    await setTimeout(Math.ceil(ms), undefined, signal ? { signal: AbortSignal.any([signal]) } : {});
  } catch {
    throw signal!.reason;
  }
}
