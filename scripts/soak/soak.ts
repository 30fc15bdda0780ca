import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { median, round } from '../../bench/machine.js';

/**
 * `npm run soak -- --minutes N [--task TASK]`: a long run, of which memory, open files and the time per step are told as one
 * JSON object. They are flat where the last quarter needs at most a tenth more than the second; the first one warms up.
 * Memory and open files are read from /proc, so on Linux only.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, task: { type: 'string', default: 'spam' } },
});
const minutes = Number(values.minutes);
const ROOT = resolve(import.meta.dirname, '../..');
const SAMPLE_MS = 2000;
const QUARTERS = 4;
const MOST_GROWTH = 1.1;

interface Sample {
  readonly rssMegabytes: number;
  readonly handles: number;
}

function sample(pid: number): Sample | undefined {
  try {
    const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { rssMegabytes: Number(rss?.[1]) / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    // It has just ended.
    return undefined;
  }
}

/** The median of each quarter. */
function quarters(numbers: readonly number[]): number[] {
  const size = Math.ceil(numbers.length / QUARTERS);
  return Array.from({ length: QUARTERS }, (_, i) => round(median(numbers.slice(i * size, (i + 1) * size)), 1));
}

function summary(numbers: readonly number[]) {
  const medians = quarters(numbers);
  const [, second = Number.NaN, , last = Number.NaN] = medians;
  return { quarters: medians, isFlat: last <= second * MOST_GROWTH };
}

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-soak-'));
const flags = ['--minutes', String(minutes), '--steps', '1000000', '--ui', 'json', '--on-collapse', 'warn'];
const child = spawn(process.execPath, [join(ROOT, 'bin/rlprompt.js'), 'run', values.task, ...flags], {
  cwd: folder,
  env: { ...process.env, RLPROMPT_CACHE_DIR: join(folder, 'cache') },
  stdio: ['ignore', 'ignore', 'pipe'],
});
const samples: Sample[] = [];
const stepMs: number[] = [];
let lastStepAt: number | undefined;
const timer = setInterval(() => {
  const taken = child.pid === undefined ? undefined : sample(child.pid);
  if (taken) samples.push(taken);
}, SAMPLE_MS);
createInterface({ input: child.stderr }).on('line', (line) => {
  if (!line.includes('"type":"step-end"')) return;
  const now = performance.now();
  if (lastStepAt !== undefined) stepMs.push(now - lastStepAt);
  lastStepAt = now;
});
const code = await new Promise((done) => child.on('close', done));
clearInterval(timer);
const rssMegabytes = summary(samples.map((each) => each.rssMegabytes));
const handles = summary(samples.map((each) => each.handles));
const millisecondsPerStep = summary(stepMs);
const isFlat = rssMegabytes.isFlat && handles.isFlat && millisecondsPerStep.isFlat;
const report = {
  task: values.task,
  minutes,
  exitCode: code,
  steps: stepMs.length + 1,
  rssMegabytes,
  handles,
  millisecondsPerStep,
  isFlat,
};
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = code === 0 && isFlat ? 0 : 1;
