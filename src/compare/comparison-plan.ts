import type { ResolvedRunConfig } from '../config/resolve-run-config.js';
import type { RunConfig } from '../config/run-config.js';
import { loadConfiguredTask } from '../run/prepare/configured-task.js';
import { curveCheckpoints } from './best-so-far.js';
import type { TrainerEntry } from './trainer-entries.js';

/** One run of a comparison. */
export interface ScheduledRun {
  /** The competitor's name. */
  readonly entry: string;
  readonly seed: number;
  /** Within the comparison's folder. */
  readonly folder: string;
  /** Every setting but `out`. */
  readonly config: Omit<RunConfig, 'out'>;
}

/** `comparison.json`: all that a comparison consists of, settled before its first run. */
export interface ComparisonPlan {
  readonly schemaVersion: 1;
  readonly kind: 'comparison';
  readonly forwards: number;
  readonly seeds: readonly number[];
  readonly entries: readonly string[];
  /** Seed by seed, so that a comparison that is stopped early has a fair share of every trainer. */
  readonly runs: readonly ScheduledRun[];
}

export interface ComparisonRequest {
  readonly entries: readonly TrainerEntry[];
  readonly seeds: readonly number[];
  readonly forwards: number;
  /** The settings of one run; the plan sets `forwards`, and that no run learns from another. */
  readonly resolve: (entry: TrainerEntry, seed: number) => ResolvedRunConfig;
}

/**
 * A run whose policy repeats itself spends no forwards, so that steps must be bounded too: so many times the steps that
 * the forwards would pay for if no prompt came twice.
 */
const STEPS_FACTOR = 10;

/** Settles every run of a comparison; the task is read, so that a mistake in it shows before anything is begun. */
export async function planComparison({
  entries,
  seeds,
  forwards,
  resolve,
}: ComparisonRequest): Promise<ComparisonPlan> {
  const folders = folderNames(entries);
  const runs: ScheduledRun[] = [];
  for (const seed of seeds) {
    for (const [i, entry] of entries.entries()) {
      const { config, sources } = resolve(entry, seed);
      const { out: _, ...settings } = config;
      const paced = pace(config, forwards, (await loadConfiguredTask(config)).splits.train.length);
      const chosen = { ...(isChosen(sources.steps) ? {} : { steps: paced.steps }), forwards, promptLibrary: false };
      const evaluations = isChosen(sources.evaluationEvery) ? {} : { evaluationEvery: paced.evaluationEvery };
      runs.push({
        entry: entry.name,
        seed,
        folder: `${folders[i]}-seed-${seed}`,
        config: withoutUndefined({ ...settings, ...chosen, ...evaluations }),
      });
    }
  }
  const names = entries.map(({ name }) => name);
  return { schemaVersion: 1, kind: 'comparison', forwards, seeds, entries: names, runs };
}

function isChosen(source: string | undefined): boolean {
  return source !== undefined && source !== 'default' && !source.startsWith('preset ');
}

/** Steps that let the forwards decide, and evaluations often enough for every point of the curves. */
function pace(config: RunConfig, forwards: number, trainCount: number): { steps: number; evaluationEvery: number } {
  const rowsPerStep = config.promptsPerStep * Math.max(1, config.examplesPerStep ?? trainCount);
  const stepsPerPoint = Math.floor(Math.min(...curveCheckpoints(forwards)) / rowsPerStep);
  return {
    steps: STEPS_FACTOR * Math.ceil(forwards / rowsPerStep),
    evaluationEvery: Math.max(1, Math.min(config.evaluationEvery, stepsPerPoint)),
  };
}

/** Names that any file system takes; entries that look alike without their signs get a number. */
function folderNames(entries: readonly TrainerEntry[]): string[] {
  const taken = new Set<string>();
  return entries.map(({ name }) => {
    const safe = name
      .replace(/[^A-Za-z0-9.]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 80);
    let folder = safe;
    for (let copy = 2; taken.has(folder); copy++) folder = `${safe}-${copy}`;
    taken.add(folder);
    return folder;
  });
}

/** As the plan looks once it was written and read again. */
function withoutUndefined<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}
