import { Worker } from 'node:worker_threads';
import { LAST_WORDS_FD } from '../task/define/reward-messages.js';

export interface WatchdogLimits {
  /** Process id of the program. */
  readonly parent: number;
  /** Resident bytes. */
  readonly memoryLimit: number;
}

/**
 * A thread of its own, so that a reward which never yields is watched too. Kept as text: it must start at once,
 * whatever loader runs the rest. The process leads its group, so programs that a reward has started end with it.
 */
const WATCHDOG = `
const { writeSync } = require('node:fs');
const { parentPort, workerData: { parent, memoryLimit, lastWords } } = require('node:worker_threads');
function end() {
  try { process.kill(-process.pid, 'SIGKILL'); } catch { process.kill(process.pid, 'SIGKILL'); }
}
setInterval(() => {
  if (process.ppid !== parent) end();
  if (process.memoryUsage.rss() <= memoryLimit) return;
  try { writeSync(lastWords, 'memory'); } catch {}
  end();
}, 50);
parentPort.postMessage('watching');
`;

/** Ends this process when the program is gone or memory runs over; resolves once it watches. */
export function startWatchdog(limits: WatchdogLimits): Promise<void> {
  const worker = new Worker(WATCHDOG, {
    eval: true,
    execArgv: [],
    workerData: { ...limits, lastWords: LAST_WORDS_FD },
  });
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}
