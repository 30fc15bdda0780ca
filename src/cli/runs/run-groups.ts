import { bestSoFar } from '../../compare/best-so-far.js';
import { type Spread, spreadOf } from '../../compare/spread.js';
import { type RunReport, scoreOf } from '../../report/run-report.js';
import { groupBy } from '../../statistics/groups.js';
import type { NonEmpty } from '../../statistics/non-empty.js';

/** Runs that differ in nothing but their seed. */
export interface RunGroup {
  readonly task: string;
  readonly targetLm: string;
  readonly trainer: string;
  /** Settings that are not the same in all groups, beside the three above. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly runs: readonly { readonly runDir: string; readonly seed: number; readonly prompt: string }[];
  readonly metric: string;
  readonly dev: Spread | null;
  /** Null until all runs are finished. */
  readonly test: Spread | null;
  readonly forwards: Spread | null;
  /** Best raw reward on dev when so many rows had gone through the target LM; null where a run had none yet. */
  readonly curve: readonly { readonly forwards: number; readonly devReward: Spread | null }[];
}

/** Settings that say where and when a run continues, not what it does. */
const FREE: ReadonlySet<string> = new Set(['seed', 'out', 'threads', 'batchSize', 'maxMemory', 'offline']);

const CURVE_PLACES = 6;

/** Groups runs by all their settings but the seed, best mean dev score first. */
export function groupRuns(runs: readonly RunReport[]): RunGroup[] {
  const differing = differingSettings(runs);
  const groups = groupBy(runs, (run) =>
    JSON.stringify([run.start.task, run.start.targetLm, settingsOf(run, differing)]),
  );
  const places = curvePlaces(runs);
  return [...groups.values()]
    .map((members) => describe(members, differing, places))
    .sort((a, b) => (b.dev?.mean ?? 0) - (a.dev?.mean ?? 0));
}

function describe(runs: NonEmpty<RunReport>, differing: readonly string[], places: readonly number[]): RunGroup {
  const [first] = runs;
  const { task, targetLm, trainer, metric } = first.start;
  const { task: _t, target: _g, trainer: _r, ...settings } = settingsOf(first, differing);
  return {
    task,
    targetLm,
    trainer,
    settings,
    runs: runs.map(({ runDir, start, prompts }) => ({ runDir, seed: start.seed, prompt: prompts[0].text })),
    metric,
    dev: spreadOf(runs.map((run) => scoreOf(run, run.prompts[0].dev))),
    test: spreadOf(runs.map((run) => scoreOf(run, run.result?.best.test))),
    forwards: spreadOf(runs.map(({ result, steps }) => result?.forwards ?? steps.at(-1)?.forwards)),
    curve: places.map((forwards, i) => {
      const rewards = runs.map((run) => bestSoFar(run, metric, places)[i]?.devReward);
      return { forwards, devReward: spreadOf(rewards) };
    }),
  };
}

/** Places that every run has come to, evenly spread up to the least of their ends. */
function curvePlaces(runs: readonly RunReport[]): number[] {
  const end = Math.min(...runs.map(({ evaluations }) => evaluations.at(-1)?.forwards ?? 0));
  return Array.from({ length: CURVE_PLACES }, (_, i) => Math.floor((end * (i + 1)) / CURVE_PLACES));
}

function differingSettings(runs: readonly RunReport[]): string[] {
  const keys = [...new Set(runs.flatMap(({ manifest }) => Object.keys(manifest.config)))];
  const values = (key: string) => new Set(runs.map(({ manifest }) => JSON.stringify(manifest.config[key])));
  return keys.filter((key) => !FREE.has(key) && values(key).size > 1);
}

function settingsOf({ manifest }: RunReport, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, manifest.config[key]]));
}
