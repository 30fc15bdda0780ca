import { FailedAttempt } from './failed-attempt.js';

/** Time without a byte, times this, is what `bytes` may take. */
const SPANS = 4;

/**
 * A server that sends a byte now and then never lets a connection time out. So a body must also keep a pace: within each
 * span of time a number of bytes, or its end.
 */
export class DownloadPace {
  #since = performance.now();
  #received = 0;

  /** @param timeoutMs time without a byte after which the connection is given up anyway */
  constructor(
    private readonly host: string,
    private readonly timeoutMs: number,
    private readonly bytes: number,
  ) {}

  /** @throws FailedAttempt where what came was too little for the time it took */
  note(received: number): void {
    this.#received += received;
    const now = performance.now();
    if (now - this.#since < SPANS * this.timeoutMs) return;
    const seconds = (now - this.#since) / 1000;
    if (this.#received < this.bytes)
      throw new FailedAttempt(`${this.host} sent ${this.#received} bytes in ${seconds.toFixed(0)} s`);
    this.#since = now;
    this.#received = 0;
  }
}
