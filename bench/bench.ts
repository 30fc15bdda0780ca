/**
 * Times the training step: `npm run bench -- [--model FOLDER] [--data FILE.csv] [--steps N] [--peer COMMAND]`.
 *
 * Without --model the embedded language model serves as generator and target LM. With --peer, a command that prints one JSON line a
 * step with `seconds` is run in alternation, a step of ours and then the peer, and the ratio of each pair is printed: on a
 * noisy machine only ratios of neighbours mean anything. Prints JSON on stdout.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { EMBEDDED_MODEL } from '../src/config/defaults.js';
import { completeRunConfig } from '../src/config/resolve-run-config.js';
import { loadLanguageModel, requireCapability } from '../src/lm/load.js';
import { runtimeMeter } from '../src/lm/onnx/runtime-meter.js';
import { ClassificationAssessor } from '../src/rewards/classification-assessor.js';
import { ScoreCache } from '../src/rewards/score-cache.js';
import { toStepRewards } from '../src/rewards/step-rewards.js';
import { templateFor } from '../src/run/configured-task.js';
import { programVersions } from '../src/run/program-versions.js';
import { loadTask } from '../src/task/load-task.js';
import type { Task } from '../src/task/types.js';
import { createTrainer } from '../src/trainers/registry.js';

interface StepTimes {
  seconds: number;
  sample: number;
  reward: number;
  update: number;
  runtime: number;
  rows: number;
}

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: EMBEDDED_MODEL },
    data: { type: 'string' },
    verbalizer: { type: 'string', default: '0=terrible,1=great' },
    preset: { type: 'string', default: 'paper' },
    steps: { type: 'string', default: '5' },
    warmup: { type: 'string', default: '1' },
    cache: { type: 'boolean', default: false },
    threads: { type: 'string' },
    peer: { type: 'string' },
  },
});

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

async function loadBenchTask(): Promise<Task> {
  if (flags.data === undefined) return loadTask('spam', { seed: 0, shots: 16 });
  const pairs = flags.verbalizer.split(',').map((pair) => pair.split('=') as [string, string]);
  const task = await loadTask(flags.data, { seed: 0, shots: 1, testOnly: true, verbalizer: Object.fromEntries(pairs) });
  return { ...task, splits: { ...task.splits, train: task.splits.test } };
}

async function stepper(): Promise<() => Promise<StepTimes>> {
  const task = await loadBenchTask();
  const threads = flags.threads === undefined ? {} : { threads: Number(flags.threads) };
  const config = completeRunConfig({
    task: task.name,
    generator: flags.model,
    preset: flags.preset as 'paper',
    ...threads,
  });
  const model = await loadLanguageModel(flags.model, { threads: config.threads });
  const scorer = requireCapability(model, 'labelScores');
  const cache = new ScoreCache(scorer, { enabled: flags.cache });
  const assessor = new ClassificationAssessor(task, scorer, cache, templateFor(task, model), config);
  const generator = {
    name: model.name,
    hiddenStates: requireCapability(model, 'hiddenStates'),
    tokenizer: model.tokenizer!,
  };
  const trainer = await createTrainer(config.trainer, generator, config);
  return async () => {
    const [began, inside, forwards] = [performance.now(), runtimeMeter.ms, cache.forwards];
    const rollouts = await trainer.propose(config.promptsPerStep);
    const sampled = performance.now();
    const assessments = await assessor.assess(rollouts.map(({ text }) => ({ text, examples: task.splits.train })));
    const scored = performance.now();
    await trainer.update(
      rollouts,
      toStepRewards(
        assessments.map(({ reward }) => reward),
        config,
      ),
    );
    const ended = performance.now();
    return {
      seconds: (ended - began) / 1000,
      sample: (sampled - began) / 1000,
      reward: (scored - sampled) / 1000,
      update: (ended - scored) / 1000,
      runtime: (runtimeMeter.ms - inside) / 1000,
      rows: cache.forwards - forwards,
    };
  };
}

/** Median seconds a step of one run of the peer, its first step left out where there are more. */
async function runPeer(command: string): Promise<number> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { maxBuffer: 2 ** 24 });
  const seconds = stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { seconds: number }).seconds] : []));
  return median(seconds.length > 1 ? seconds.slice(1) : seconds);
}

function machine(): Record<string, unknown> {
  return {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    ...programVersions(),
  };
}

function peakMiB(): number | undefined {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const kib = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
}

const step = await stepper();
for (let i = 0; i < Number(flags.warmup); i++) await step();
const times: StepTimes[] = [];
const peers: number[] = [];
for (let i = 0; i < Number(flags.steps); i++) {
  times.push(await step());
  if (flags.peer !== undefined) peers.push(await runPeer(flags.peer));
}
const of = (pick: (time: StepTimes) => number): number => Number(median(times.map(pick)).toFixed(4));
console.log(
  JSON.stringify(
    {
      model: flags.model,
      steps: times.length,
      median: {
        seconds: of((t) => t.seconds),
        sample: of((t) => t.sample),
        reward: of((t) => t.reward),
        update: of((t) => t.update),
        ownCode: of((t) => t.seconds - t.runtime),
        runtimeShare: of((t) => t.runtime / t.seconds),
        rows: of((t) => t.rows),
        rowsPerSecond: of((t) => t.rows / t.reward),
      },
      allSeconds: times.map(({ seconds }) => Number(seconds.toFixed(3))),
      peakMemoryMiB: peakMiB(),
      ...(peers.length > 0
        ? {
            peer: {
              seconds: peers,
              medianRatio: Number(median(peers.map((peer, i) => peer / times[i]!.seconds)).toFixed(2)),
            },
          }
        : {}),
      machine: machine(),
    },
    null,
    2,
  ),
);
process.exit(0);
