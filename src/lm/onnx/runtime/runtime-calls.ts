/**
 * Calls that the runtime's thread is computing or has waiting. Nothing can end a call, and a process that ends in the midst of
 * one crashes, so whoever ends the process looks here first.
 */
export class RuntimeCalls {
  private open = 0;
  private isClosed = false;
  private readonly waiting: (() => void)[] = [];

  get isIdle(): boolean {
    return this.open === 0;
  }

  /** Counts a call until it is settled. After `close` none begins: its promise stays open. */
  async count<T>(call: () => Promise<T>): Promise<T> {
    if (this.isClosed) return new Promise<T>(() => {});
    this.open += 1;
    try {
      return await call();
    } finally {
      this.open -= 1;
      if (this.isIdle) for (const resolve of this.waiting.splice(0)) resolve();
    }
  }

  /** Lets no more calls begin; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (!this.isIdle) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/** The calls of this process. */
export const runtimeCalls = new RuntimeCalls();
