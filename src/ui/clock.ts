/** Time as a display needs it; tests put in their own. Nothing that decides anything reads it. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls back once; returns a function that cancels. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Calls back again and again; returns a function that ends it. */
  every(milliseconds: number, callback: () => void): () => void;
}

/** The machine's clock; its timers keep no program alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(milliseconds, callback) {
    const timer = setInterval(callback, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};
