import type { Reporter, RunEvent } from '../../events.js';

/**
 * Shows a run with `first` until that fails, then with what `second` makes: a display may break, the run may not.
 * `second` is told why, and takes over before the event that broke `first` is lost.
 */
export function createFallbackReporter(
  first: (onFailure: (error: unknown) => void) => Reporter,
  second: (error: unknown) => Reporter,
): Reporter {
  let failed = false;
  let current: Reporter | undefined;
  let closing: Promise<void> = Promise.resolve();
  const fail = (error: unknown): void => {
    if (failed) return;
    failed = true;
    closing = quietly(() => current?.close());
    current = second(error);
  };
  try {
    current = first(fail);
  } catch (error) {
    fail(error);
  }
  return {
    report(event: RunEvent) {
      try {
        current?.report(event);
      } catch (error) {
        const lost = !failed;
        fail(error);
        if (lost) void quietly(() => current?.report(event));
      }
    },
    async close() {
      await closing;
      await quietly(() => current?.close());
    },
  };
}

async function quietly(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch {
    // Nothing is left to show it on.
  }
}
