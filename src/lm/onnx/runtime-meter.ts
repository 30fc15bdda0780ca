/** Time spent inside the runtime's calls by this process, for benchmarks: the rest is the program's own. */
export const runtimeMeter = { calls: 0, ms: 0 };

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
