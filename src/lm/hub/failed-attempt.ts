import { setTimeout } from 'node:timers/promises';
import { RlpromptError } from '../../errors.js';
import { spreadOut } from '../../files/retry-wait.js';

/** Something that may go well another time: a cut connection, an overloaded server. */
export class FailedAttempt extends Error {
  constructor(
    message: string,
    /** What the server asks to wait, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 120_000;

/**
 * Counts failed attempts at one thing. The wait doubles from attempt to attempt, and a part of it that differs between
 * processes keeps many of them from coming back together.
 */
export class Attempts {
  #failed = 0;

  constructor(
    private readonly url: string,
    private readonly retryMs: number,
  ) {}

  /** What was won since the last failure restarts the count. */
  noteProgress(): void {
    this.#failed = 0;
  }

  /** Waits before the next attempt, or gives up: then throws E_HUB_UNAVAILABLE or E_HUB_BUSY. */
  async after(failure: FailedAttempt, signal: AbortSignal | undefined): Promise<void> {
    this.#failed++;
    const asked = failure.retryAfterMs ?? 0;
    if (this.#failed >= ATTEMPTS || asked > LONGEST_WAIT_MS) throw this.giveUp(failure);
    const backoff = this.retryMs * 2 ** (this.#failed - 1);
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(asked, spreadOut(backoff, `${this.url} ${this.#failed}`)));
    await setTimeout(wait, undefined, signal ? { signal } : {});
  }

  private giveUp(failure: FailedAttempt): RlpromptError {
    const asked = failure.retryAfterMs ?? 0;
    const isBusy = asked > LONGEST_WAIT_MS;
    return new RlpromptError({
      code: isBusy ? 'E_HUB_BUSY' : 'E_HUB_UNAVAILABLE',
      exit: isBusy ? 'tryAgain' : 'unavailable',
      message: isBusy
        ? `the hub asks to come back in ${Math.ceil(asked / 1000)} s (${failure.message})`
        : `${failure.message}; tried ${this.#failed} times`,
      where: this.url,
      kept: 'what was downloaded; the same command continues from there',
      next: 'try again later, or name a local folder',
    });
  }
}
