/** Milliseconds for which a long computation may keep this thread to itself. */
const LONGEST_MS = 20;

let lastTurn = 0;

/**
 * Lets keys, signals, timers and the screen have their turn, where the last one was some time ago. A loop that computes for long in
 * the main thread awaits this every few milliseconds. The clock decides when the loop pauses, never what it computes.
 */
export async function giveWay(): Promise<void> {
  if (performance.now() - lastTurn < LONGEST_MS) return;
  await new Promise<void>((resolve) => setImmediate(resolve));
  lastTurn = performance.now();
}
