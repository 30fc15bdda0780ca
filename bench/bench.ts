/**
 * Times the training step: `npm run bench -- [--model FOLDER] [--data FILE.csv] [--steps N] [--peer COMMAND]`.
 *
 * Without --model the embedded language model serves as generator and target LM. On a noisy machine only ratios of neighbours mean
 * anything, so what is compared runs in alternation, a step of ours and then
 *   --peer COMMAND   a command that prints one JSON line a step with `seconds`;
 *   --products       the bare matrix products of the target LM's calls, same shapes, same runtime, same process.
 * A step with a model of 100 million parameters takes minutes: --steps 1 --warmup 0 --preset default is the shortest that tells something.
 * --start adds what a user waits for: the help against an empty Node, and a run's first step (of the built program).
 * --curve N runs N steps with the cache on and the default preset instead. Prints JSON on stdout.
 */
import { execFile } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs, promisify } from 'node:util';
import { collectLessOften } from '../src/cli/shared/heap-growth.js';
import { EMBEDDED_MODEL } from '../src/config/settings/defaults.js';
import { curve } from './curve.js';
import { machine, median, peakMiB, round } from './machine.js';
import { createProducts, type ProductTimes } from './products.js';
import { startUp } from './start-up.js';
import { createStepper, type StepTimes } from './stepper.js';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: EMBEDDED_MODEL },
    data: { type: 'string' },
    verbalizer: { type: 'string', default: '0=terrible,1=great' },
    preset: { type: 'string' },
    steps: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '1' },
    cache: { type: 'boolean', default: false },
    threads: { type: 'string' },
    peer: { type: 'string' },
    products: { type: 'boolean', default: false },
    start: { type: 'boolean', default: false },
    curve: { type: 'string' },
  },
});
const threads = flags.threads === undefined ? undefined : Number(flags.threads);

/** Milliseconds between two looks at the event loop. */
const STALL_RESOLUTION = 5;

/** Milliseconds for which the event loop was blocked without a break. */
function longest({ max }: { readonly max: number }): number {
  return round(max / 1e6, 1);
}

/** Progress, for models whose steps take minutes; only the result goes to stdout. */
function say(what: string, time?: StepTimes): void {
  process.stderr.write(time ? `${what}: ${round(time.seconds, 1)} s, ${time.rows} rows\n` : `${what}\n`);
}

/** Median seconds a step of one run of the peer, its first step left out where there are more. */
async function runPeer(command: string): Promise<number> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { maxBuffer: 2 ** 24 });
  const seconds = stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { seconds: number }).seconds] : []));
  return median(seconds.length > 1 ? seconds.slice(1) : seconds);
}

function medians(times: readonly StepTimes[]): Record<string, number> {
  const of = (pick: (time: StepTimes) => number): number => round(median(times.map(pick)), 4);
  return {
    seconds: of((t) => t.seconds),
    sample: of((t) => t.sample),
    reward: of((t) => t.reward),
    update: of((t) => t.update),
    ownCode: of((t) => t.seconds - t.runtime),
    runtimeShare: of((t) => t.runtime / t.seconds),
    rows: of((t) => t.rows),
    rowsPerSecond: of((t) => t.rows / t.reward),
    tokensPerRow: of((t) => t.bodies.reduce((sum, { rows, tokens }) => sum + rows * tokens, 0) / t.rows),
  };
}

/** Ratios of neighbours, and what they were made of. */
function pairs(mine: readonly number[], others: readonly number[], ratio: (mine: number, other: number) => number) {
  const ratios = mine.map((value, i) => ratio(value, others[i]!));
  return {
    seconds: others.map((value) => round(value)),
    ratios: ratios.map((r) => round(r)),
    medianRatio: round(median(ratios), 2),
  };
}

async function compareSteps(): Promise<Record<string, unknown>> {
  const preset = (flags.preset ?? 'paper') as 'paper';
  // Loads the program's own files, which are compiled here as they come.
  await (await createStepper({ ...flags, model: EMBEDDED_MODEL, data: undefined, preset, threads })).model.dispose();
  const stalls = monitorEventLoopDelay({ resolution: STALL_RESOLUTION });
  stalls.enable();
  const stepper = await createStepper({ ...flags, data: flags.data, preset, threads });
  say('loaded');
  // As the program does.
  collectLessOften();
  for (let i = 0; i < Number(flags.warmup); i++) say(`warm-up ${i + 1}/${flags.warmup}`, await stepper.step());
  const loadStall = longest(stalls);
  const times: StepTimes[] = [];
  const peers: number[] = [];
  const bare: ProductTimes[] = [];
  let peak = peakMiB();
  let stepStall = 0;
  const products = flags.products ? await createProducts(flags.model, threads) : undefined;
  for (let i = 0; i < Number(flags.steps); i++) {
    stalls.reset();
    const time = await stepper.step();
    times.push(time);
    say(`step ${i + 1}/${flags.steps}`, time);
    if (!products) peak = peakMiB();
    stepStall = Math.max(stepStall, longest(stalls));
    if (products && bare.length === 0) await products.time(time.bodies.slice(0, 1));
    if (products) bare.push(await products.time(time.bodies));
    if (flags.peer !== undefined) peers.push(await runPeer(flags.peer));
  }
  const bareSeconds = bare.map(({ seconds }) => seconds);
  return {
    model: flags.model,
    preset,
    steps: times.length,
    median: medians(times),
    // How long keys and screen wait at most; other programs on the machine make it longer.
    longestStallMs: { load: loadStall, steps: stepStall },
    allSeconds: times.map(({ seconds }) => round(seconds)),
    // Read before the products' own weights came into the process.
    peakMemoryMiB: peak,
    ...(bare.length > 0 && {
      products: {
        ...pairs(
          times.map(({ reward }) => reward),
          bareSeconds,
          (reward, seconds) => reward / seconds,
        ),
        // Where other programs run, processor time says more than the clock.
        processorRatio: round(median(bare.map(({ processor }, i) => times[i]!.rewardProcessor / processor)), 3),
        gflop: round(median(bare.map(({ gflop }) => gflop)), 1),
        gflopPerProcessorSecond: round(median(bare.map(({ gflop, processor }) => gflop / processor)), 1),
        gflopPerSecond: round(median(bare.map(({ gflop, seconds }) => gflop / seconds)), 1),
      },
    }),
    ...(peers.length > 0 && {
      peer: pairs(
        times.map(({ seconds }) => seconds),
        peers,
        (mine, peer) => peer / mine,
      ),
    }),
  };
}

async function runCurve(steps: number): Promise<Record<string, unknown>> {
  const preset = (flags.preset ?? 'default') as 'default';
  const stepper = await createStepper({ ...flags, data: flags.data, preset, threads, cache: true });
  return { model: flags.model, preset, curve: await curve(stepper, steps) };
}

const result = flags.curve === undefined ? await compareSteps() : await runCurve(Number(flags.curve));
const start = flags.start ? { start: await startUp() } : {};
console.log(JSON.stringify({ ...result, ...start, machine: machine() }, null, 2));
process.exit(0);
