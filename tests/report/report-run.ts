import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromptSummary, RunResult, StepEndEvent, UnnumberedEvent } from '../../src/events.js';
import { EventLog } from '../../src/run/store/logs/event-log.js';
import { writeManifest } from '../../src/run/store/run-manifest.js';

export interface ReportedRun {
  readonly seed?: number;
  readonly steps?: number;
  readonly trainer?: string;
  /** Stands in place of the best prompt, the first label and a warning. */
  readonly hostile?: string;
  readonly isFinished?: boolean;
  /** Gives the reward two objectives, one of which weighs more after step 100. */
  readonly hasObjectives?: boolean;
}

const TEXTS = [
  'Offer: more information on',
  'For more information about',
  'Subscribe for more on',
  'More about this',
  'Click here for',
  'the list of',
];

/** A run folder with the whole course of a search in it; equal arguments make equal curves. */
export function makeReportRun(made: ReportedRun = {}): string {
  const { seed = 0, steps = 200, trainer = 'log-variance', hostile, isFinished = true, hasObjectives = false } = made;
  const runDir = mkdtempSync(join(tmpdir(), 'rlprompt-report-'));
  const texts = hostile === undefined ? TEXTS : [hostile, ...TEXTS.slice(1)];
  const labels = [hostile ?? 'ham', 'spam'];
  writeManifest(runDir, {
    schemaVersion: 1,
    versions: { rlprompt: '0.1.0', node: '20.20.2', onnxruntime: '1.30.0', platform: 'linux-x64' },
    created: '2026-01-01T00:00:00.000Z',
    seed,
    task: 'spam',
    generator: 'mail-gpt-4m',
    targetLm: 'mail-gpt-4m',
    digests: { data: '1f78b3e278ab502965fe5a9ff6497952b7983338a1aacd140e2aa86b073a9bce', targetLm: 'cd'.repeat(32) },
    config: { task: 'spam', trainer, seed, steps, promptLength: 5, learningRate: 0.001, rewardTo: [0, 5], cache: true },
  });
  const log = EventLog.open(runDir, undefined);
  for (const event of events({ runDir, seed, steps, trainer, texts, labels, hostile, isFinished, hasObjectives }))
    log.append(event);
  log.close();
  return runDir;
}

interface Course extends Required<Omit<ReportedRun, 'hostile'>> {
  readonly runDir: string;
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  readonly hostile: string | undefined;
}

function* events(course: Course): Generator<UnnumberedEvent> {
  const { runDir, seed, steps, trainer, texts, labels, hostile, isFinished, hasObjectives } = course;
  yield {
    type: 'run-start',
    runDir,
    task: 'spam',
    kind: 'classification',
    generator: 'mail-gpt-4m',
    targetLm: 'mail-gpt-4m',
    trainer,
    preset: 'default',
    seed,
    examples: { train: 32, dev: 32, test: 350 },
    labels,
    labelWords: ['mail', 'free'],
    template: '{input} {prompt}',
    metric: 'accuracy',
    limits: { steps },
    ...(hasObjectives ? { objectives: OBJECTIVES, combine: 'sum' } : {}),
  };
  yield { type: 'baselines-end', baselines: BASELINES.map(({ test: _, ...onDev }) => onDev) };
  if (hostile !== undefined) yield { type: 'warning', code: 'note', message: hostile, hint: hostile };
  yield { type: 'warning', code: 'note', message: '2 texts are in train and in test', hint: 'remove one of each' };
  for (let step = 1; step <= steps; step++) {
    yield { ...stepEnd(step, seed), ...(hasObjectives ? { parts: { task: step / 4, fluency: -9 + step / 50 } } : {}) };
    if (hasObjectives && step === 100) yield { type: 'weights-changed', step, ...WEIGHTS };
    if (step % 20 === 0) yield evaluation(step, seed, texts);
  }
  if (isFinished) yield { type: 'run-end', step: steps, result: resultOf(course) };
}

const BASELINES = [
  { name: 'empty', prompt: '', dev: { accuracy: 0.5 }, test: { accuracy: 0.637 } },
  { name: 'manual', prompt: 'This message is about', dev: { accuracy: 0.656 }, test: { accuracy: 0.743 } },
  { name: 'manual', prompt: 'Topic:', dev: { accuracy: 0.625 }, test: { accuracy: 0.74 } },
] as const;

const OBJECTIVES = [
  { name: 'task', weight: 1, range: [-180, 200] },
  { name: 'fluency', weight: 0.5, range: [-20, 0] },
] as const;

const WEIGHTS = { weights: { task: 1, fluency: 2 }, before: { task: 1, fluency: 0.5 } };

function stepEnd(step: number, seed: number): Omit<StepEndEvent, 'seq'> {
  const progress = 1 - Math.exp(-step / (60 + 25 * seed));
  const wobble = 4 * Math.sin(step * 1.7 + seed) + 3 * Math.sin(step * 0.37 + 2 * seed);
  const loss = 210 * (1 - progress) + 12 + wobble;
  return {
    type: 'step-end',
    step,
    seconds: 0.5,
    rewardMean: -38 + 78 * progress + wobble,
    rewardMax: 12 + 50 * progress + wobble / 2,
    rewardStd: 14 - 8 * progress,
    loss: step === 7 ? Number.NaN : loss,
    gradNorm: 3.2 - 2 * progress,
    entropy: 8.31 - (3.6 - seed) * progress,
    uniquePrompts: 1 - 0.25 * progress,
    forwards: 512 + 300 * step,
    cacheHits: 20 * step,
    flat: false,
    bestPrompt: 'For more information about',
    metrics: { loss, gradNorm: 3.2 - 2 * progress, entropy: 8.31 - 3.6 * progress },
    metricMeans: { accuracy: 0.5 + 0.3 * progress + wobble / 200 },
  };
}

function evaluation(step: number, seed: number, texts: readonly string[]): UnnumberedEvent {
  const last = Math.max(0, 5 - Math.floor(step / 30));
  const prompts = texts.slice(last).map((text, i) => summary(text, last + i, step - 3, seed));
  return { type: 'evaluation-end', step, prompts, forwards: 612 + 300 * step, cacheHits: 20 * step };
}

function summary(text: string, rank: number, step: number, seed: number): PromptSummary {
  const words = text.split(' ').slice(0, 8);
  return {
    tokenIds: words.map((_, i) => 300 * rank + 17 * i + 11),
    tokens: words.map((word) => `Ġ${word}`),
    text,
    step,
    reward: 57.1 - 9 * rank,
    train: { accuracy: 0.906 - 0.06 * rank },
    dev: { accuracy: 0.875 - 0.06 * rank - 0.02 * seed },
    devReward: 53 - 9 * rank - seed,
    origin: 'policy',
  };
}

function resultOf({ runDir, seed, steps, trainer, texts, labels }: Course): RunResult {
  const { text, tokenIds, tokens, reward, train, dev } = summary(texts[0]!, 0, steps, seed);
  const [empty, ...manuals] = BASELINES;
  return {
    schemaVersion: 1,
    runDir,
    task: 'spam',
    generator: 'mail-gpt-4m',
    target: 'mail-gpt-4m',
    trainer,
    seed,
    steps,
    stopReason: 'steps',
    forwards: 612 + 300 * steps,
    cacheHits: 20 * steps,
    seconds: 0.5 * steps,
    best: {
      prompt: text,
      tokenIds,
      tokens,
      reward,
      train,
      dev: dev!,
      test: { accuracy: 0.86 - 0.01 * seed, n: 350 },
      perClass: [
        { label: labels[0]!, n: 175, accuracy: 0.914, reward: 61.2 },
        { label: labels[1]!, n: 175, accuracy: 0.806, reward: 47.9 },
      ],
      confusion: [
        [160, 15],
        [34, 141],
      ],
    },
    baselines: { empty, manual: manuals[0]!, manuals },
  };
}
