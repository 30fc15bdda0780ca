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
 * The time per step is judged by processor time over that of fixed arithmetic, measured twice a minute: what else runs on
 * the machine slows both down alike, through the caches and the memory they share.
 * All is read from /proc, so on Linux only.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, task: { type: 'string', default: 'spam' } },
});
const minutes = Number(values.minutes);
const ROOT = resolve(import.meta.dirname, '../..');
const SAMPLE_MS = 2000;
const QUARTERS = 4;
const MOST_GROWTH = 1.1;
const REFERENCE_MS = 30_000;
/** The unit of times in /proc/PID/stat, fixed by Linux. */
const TICK_MS = 10;

interface Sample {
  readonly rssMegabytes: number;
  readonly handles: number;
}

/** What one of a process's files under /proc says; undefined where the process has just ended. */
function ofProcess<Value>(read: (folder: string) => Value): Value | undefined {
  if (child.pid === undefined) return undefined;
  try {
    return read(`/proc/${child.pid}`);
  } catch {
    return undefined;
  }
}

function sample(folder: string): Sample {
  const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, 'utf8'));
  return { rssMegabytes: Number(rss?.[1]) / 1024, handles: readdirSync(`${folder}/fd`).length };
}

/** Processor time so far, all threads. */
function processorMs(folder: string): number {
  const stat = readFileSync(`${folder}/stat`, 'utf8');
  // The name, in brackets, may hold blanks; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Larger than a processor's own cache, as the weights of a language model are. */
const referenceNumbers = new Float32Array(1 << 24).fill(0.5);

/** Processor time of a fixed amount of arithmetic, in milliseconds: the median of five. */
function measureReference(): number {
  return median(Array.from({ length: 5 }, arithmeticMs));
}

function arithmeticMs(): number {
  const before = process.cpuUsage();
  const sum = referenceNumbers.reduce((total, each) => total + each * each, 0);
  if (!(sum > 0)) throw new Error('The reference was not computed.');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The median of each quarter. */
function quarters(numbers: readonly number[]): number[] {
  const size = Math.ceil(numbers.length / QUARTERS);
  return Array.from({ length: QUARTERS }, (_, i) => round(median(numbers.slice(i * size, (i + 1) * size)), 2));
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
const stepProcessorMs: number[] = [];
const stepOverReference: number[] = [];
let lastStep: { at: number; processorMs: number } | undefined;
const timer = setInterval(() => {
  const taken = ofProcess(sample);
  if (taken) samples.push(taken);
}, SAMPLE_MS);
measureReference(); // compiled while it runs, so slower
let referenceMs = measureReference();
const referenceTimer = setInterval(() => {
  referenceMs = measureReference();
}, REFERENCE_MS);
createInterface({ input: child.stderr }).on('line', (line) => {
  if (!line.includes('"type":"step-end"')) return;
  const used = ofProcess(processorMs);
  if (used === undefined) return;
  const step = { at: performance.now(), processorMs: used };
  if (lastStep) {
    stepMs.push(step.at - lastStep.at);
    const processorTime = step.processorMs - lastStep.processorMs;
    stepProcessorMs.push(processorTime);
    stepOverReference.push(processorTime / referenceMs);
  }
  lastStep = step;
});
const code = await new Promise((done) => child.on('close', done));
clearInterval(timer);
clearInterval(referenceTimer);
const rssMegabytes = summary(samples.map((each) => each.rssMegabytes));
const handles = summary(samples.map((each) => each.handles));
const processorTimeOverReference = summary(stepOverReference);
const isFlat = rssMegabytes.isFlat && handles.isFlat && processorTimeOverReference.isFlat;
const report = {
  task: values.task,
  minutes,
  exitCode: code,
  steps: stepMs.length + 1,
  rssMegabytes,
  handles,
  processorTimeOverReference,
  processorMillisecondsPerStep: quarters(stepProcessorMs),
  millisecondsPerStep: quarters(stepMs),
  isFlat,
};
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = code === 0 && isFlat ? 0 : 1;
