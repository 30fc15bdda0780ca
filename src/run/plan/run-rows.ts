import { mayTakeDemos, type SettledConfig } from '../../config/defaults-for.js';
import type { Task } from '../../task/types.js';
import { TRIED } from '../select/choose-reading.js';
import { baselinePrompts, plainCandidates, startingPrompts } from '../select/starting-prompts.js';
import { exactly, NONE, product, type Range, sumOf } from './range.js';

/** What of a task decides how many rows a run takes. */
export type PlannedTask = Pick<Task, 'kind' | 'groupBy' | 'labels' | 'splits' | 'manualPrompts'>;

/** Rows through the target LM by what they are for; each is a pair of a prompt and an input that was not scored before. */
export interface RunRows {
  /** Label words and demonstrations, chosen before the search. */
  readonly reading: Range;
  /** The empty prompt, the hand-written ones and those to start from. */
  readonly baselines: Range;
  /** One update. */
  readonly step: Range;
  /** All updates. */
  readonly steps: Range;
  /** On dev, once between steps. */
  readonly evaluation: Range;
  /** On dev, between steps. */
  readonly evaluations: Range;
  /** On dev and test, at the end; label words are found again there. */
  readonly final: Range;
}

/** Least share of a step's prompts that are new to the run: a policy that has settled repeats itself. */
const LEAST_NEW = 0.5;

/** How many rows a run will take. */
export function runRows(task: PlannedTask, config: SettledConfig): RunRows {
  const { train, dev, test } = sizes(task);
  const takesPrompts = !config.inputConditioned;
  const baselines = new Set(baselinePrompts(task)).size;
  const reading = readingRows(task, config);
  const plain = takesPrompts && reading.high > 0 ? plainCandidates(task).length : 0;
  const added = addedPrompts(config);
  const onTrain = trainRows(task, config);
  const step = stepRows(task, config);
  const evaluation = { low: 0, high: evaluationRows(task, config) };
  const evaluations = Math.floor(config.steps / config.evaluationEvery);
  return {
    reading,
    baselines: sumOf([
      product(exactly(baselines + plain), sumOf([exactly(dev), takesPrompts ? onTrain : NONE])),
      product(added, { low: train + dev, high: 2 * onTrain.high + dev }),
    ]),
    step,
    steps: product(exactly(config.steps), step, { low: LEAST_NEW, high: 1 }),
    evaluation,
    evaluations: product(exactly(evaluations), evaluation),
    final: takesPrompts
      ? {
          low: baselines * test,
          high: (baselines + 2) * test + lastDevRows(task, config) + lastReadingRows(task, config),
        }
      : { low: baselines * test, high: (baselines + 2) * test + train + 3 * dev },
  };
}

/**
 * All of a run.
 * @param limit of forwards; the step under way, its evaluation on dev and the end come on top
 */
export function totalRows({ final, step, evaluation, ...rows }: RunRows, limit = Number.POSITIVE_INFINITY): Range {
  const search = sumOf([rows.reading, rows.baselines, rows.steps, rows.evaluations]);
  const most = limit + step.high + evaluation.high;
  return sumOf([{ low: Math.min(search.low, limit), high: Math.min(search.high, most) }, final]);
}

function sizes({ splits: { train, dev, test } }: PlannedTask) {
  return { train: train.length, dev: dev.length, test: test.length };
}

function stepRows(task: PlannedTask, config: SettledConfig): Range {
  const { promptsPerStep, examplesPerStep, inputConditioned, racing } = config;
  if (inputConditioned || task.groupBy === 'example') return exactly(promptsPerStep);
  const perPrompt = examplesPerStep === undefined ? trainRows(task, config) : exactly(examplesPerStep);
  const rows = product(exactly(promptsPerStep), perPrompt);
  return racing ? { low: rows.low / 4, high: rows.high } : rows;
}

/**
 * A prompt on train. Rows that are demonstrations are read after others, and the labels of these are calibrated by
 * themselves, on all train rows that are not among the others.
 */
function trainRows(task: PlannedTask, config: SettledConfig): Range {
  const { train } = sizes(task);
  if (config.calibrate !== 'inputs' || !mayTakeDemos(config, task)) return exactly(train);
  const fewest = config.demos === 'auto' ? task.labels.length : config.demos;
  return { low: train, high: Math.max(train, 2 * (train - fewest)) };
}

/** Prompts to start from. What the library has is not known before. */
function addedPrompts({ initPrompts, promptLibrary, libraryPrompts }: SettledConfig): Range {
  const given = initPrompts.length;
  return { low: given, high: given + (promptLibrary ? libraryPrompts : 0) };
}

/** One evaluation on dev: the trainer's favourite and the best prompts, where they are new. */
function evaluationRows(task: PlannedTask, config: SettledConfig) {
  const { examplesPerStep, evaluationCandidates } = config;
  const { train, dev } = sizes(task);
  if (config.inputConditioned) return train + dev;
  const metSome = examplesPerStep === undefined ? 0 : evaluationCandidates;
  return (1 + metSome) * trainRows(task, config).high + (1 + evaluationCandidates + metSome) * dev;
}

function lastDevRows(task: PlannedTask, config: SettledConfig): number {
  const { dev, test } = sizes(task);
  const { candidates, ensemble = 0 } = config;
  return trainRows(task, config).high + (candidates + 1) * dev + ensemble * test;
}

/** Words are looked for among the likely answers and scored; demonstrations are tried where dev may want them. */
function readingRows(task: PlannedTask, config: SettledConfig): Range {
  const takesDemos = mayTakeDemos(config, task);
  const findsWords = config.labelWords !== 'given';
  if (task.kind !== 'classification' || (!findsWords && !takesDemos)) return NONE;
  const { train, dev } = sizes(task);
  const asked = findsWords ? 2 : 1;
  const words = startingPrompts(task).length * train * asked;
  const { sets: first, firstRows, setsOnAll, setsOnDev, promptsBehindSets } = TRIED;
  // Before a small target LM, dev is also asked about no demonstrations.
  const sets = !takesDemos
    ? 0
    : first * firstRows * task.labels.length +
      setsOnAll * train +
      setsOnDev * promptsBehindSets * train * asked +
      (setsOnDev + 1) * promptsBehindSets * dev;
  return { low: findsWords ? words : 0, high: words + sets };
}

/**
 * Words are found once more at the end, on train and dev together, each row asked and scored. The last candidates are then
 * read by them: on dev, and on train for their offsets.
 */
function lastReadingRows(task: PlannedTask, config: SettledConfig): number {
  if (task.kind !== 'classification' || config.labelWords === 'given') return 0;
  const { train, dev } = sizes(task);
  return (2 * (startingPrompts(task).length + TRIED.promptsAtEnd) + config.candidates) * (train + dev);
}
