/** A time limit that stands still while the program itself keeps the reward waiting. */
export class Deadline {
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private pauses = 0;

  constructor(
    private remainingMs: number,
    private readonly onExpire: () => void,
  ) {
    this.start();
  }

  pause(): void {
    this.pauses += 1;
    if (this.pauses > 1) return;
    clearTimeout(this.timer);
    this.remainingMs -= performance.now() - this.startedAt;
  }

  resume(): void {
    this.pauses -= 1;
    if (this.pauses === 0) this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
    // No later resume starts it again.
    this.pauses = Number.POSITIVE_INFINITY;
  }

  private start(): void {
    this.startedAt = performance.now();
    this.timer = setTimeout(this.onExpire, Math.min(Math.max(0, this.remainingMs), 2 ** 31 - 1));
  }
}
