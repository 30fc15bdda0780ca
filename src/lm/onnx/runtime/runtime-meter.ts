/** A call of a causal body: rows of so many new tokens, and of how many of them hidden states were asked for. */
export interface BodyShape {
  readonly rows: number;
  readonly tokens: number;
  readonly kept: number;
}

/** Time spent inside the runtime's calls by this process, for benchmarks: the rest is the program's own. */
export const runtimeMeter = {
  calls: 0,
  ms: 0,
  /** Where a benchmark puts a list, calls of causal bodies are written down. */
  bodies: undefined as BodyShape[] | undefined,
};

/** Awaits a call of the runtime and counts its time. */
export async function metered<T>(call: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await call();
  } finally {
    runtimeMeter.calls += 1;
    runtimeMeter.ms += performance.now() - since;
  }
}
