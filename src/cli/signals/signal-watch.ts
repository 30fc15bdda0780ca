import { Worker } from 'node:worker_threads';

/** How long the program has to end by itself after the second signal. */
const GRACE_MS = 1500;
/** How long the last line may take: a terminal that takes nothing more holds whoever writes to it. */
const LINE_MS = 200;

/**
 * A thread that hears signals too. While the main thread computes, Node delivers none of them to it; this one can still
 * end the process. Node has no public way to hear signals outside the main thread, hence its own binding; where that is
 * missing, nothing is watched and the signals wait for the main thread as they always did.
 */
const WATCH = `
process.noDeprecation = true;
const { write } = require('node:fs');
const { workerData: { graceMs, lineMs, lines, signals } } = require('node:worker_threads');
const { Signal } = process.binding('signal_wrap');
let heard = 0;
for (const [number, name] of signals) {
  const signal = new Signal();
  signal.onsignal = () => {
    heard += 1;
    if (heard !== 2) return;
    setTimeout(() => {
      const end = () => process.kill(process.pid, 'SIGKILL');
      setTimeout(end, lineMs);
      write(2, lines[name], end);
    }, graceMs);
  };
  signal.start(number);
}
`;

/** What is said of a process that had to be killed, by the signal that came last. */
export type LastLines = Readonly<Record<string, string>>;

/** Makes sure that a second signal ends the process, whatever it is doing; returns what stops the watch. */
export function watchSignals(signals: readonly (readonly [number, string])[], lines: LastLines): () => void {
  const workerData = { graceMs: GRACE_MS, lineMs: LINE_MS, lines, signals };
  const worker = new Worker(WATCH, { eval: true, execArgv: [], workerData });
  worker.on('error', () => {});
  worker.unref();
  return () => void worker.terminate();
}
