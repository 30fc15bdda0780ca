import type { RunResult, StopReason } from '../events.js';
import type { RunReport } from '../report/run-report.js';
import { zip } from '../statistics/zip.js';
import { bestSoFar, type ComparedPoint, curveCheckpoints } from './best-so-far.js';
import type { ComparisonPlan, ScheduledRun } from './comparison-plan.js';
import { type Spread, spreadOf } from './spread.js';

type Scores = Readonly<Record<string, number>>;

/** A run of a comparison that came to its end. */
export interface ComparedRun {
  readonly seed: number;
  readonly runDir: string;
  readonly curve: readonly ComparedPoint[];
  readonly prompt: string;
  readonly reward: number;
  readonly train: Scores;
  readonly dev: Scores;
  readonly test: Scores;
  /** The best prompts together, where the runs were asked for it. */
  readonly ensemble?: RunResult['ensemble'];
  readonly forwards: number;
  readonly cacheHits: number;
  readonly steps: number;
  readonly seconds: number;
  readonly stopReason: StopReason;
}

export interface CurveSpread {
  readonly forwards: number;
  readonly devScore: Spread | null;
  readonly devReward: Spread | null;
  readonly trainReward: Spread | null;
}

/** A trainer over all seeds. Scores are those of the prompt each run chose, in the task's metric. */
export interface ComparedTrainer {
  readonly name: string;
  readonly curve: readonly CurveSpread[];
  readonly train: Spread | null;
  readonly dev: Spread | null;
  readonly test: Spread | null;
  /** Test score of the best prompts together. */
  readonly ensemble: Spread | null;
  readonly seconds: Spread | null;
  readonly forwards: Spread | null;
  readonly runs: readonly ComparedRun[];
  /** Runs that ended by an error of the trainer's numbers; the spreads are over the others. */
  readonly failed: readonly FailedRun[];
}

export interface FailedRun {
  readonly seed: number;
  readonly runDir: string;
  readonly error: string;
}

export interface ComparedBaseline {
  readonly name: 'empty' | 'manual';
  /** Of the first seed, where the best manual prompt depends on it. */
  readonly prompt: string;
  readonly dev: Spread | null;
  readonly test: Spread | null;
}

/** What `compare --json` prints. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly compareDir: string;
  readonly task: string;
  readonly generator: string;
  readonly target: string;
  readonly metric: string;
  readonly forwards: number;
  readonly seeds: readonly number[];
  readonly trainers: readonly ComparedTrainer[];
  readonly baselines: readonly ComparedBaseline[];
}

/** How a planned run ended. */
export type RunOutcome = { readonly plan: ScheduledRun } & (
  | { readonly report: RunReport; readonly result: RunResult }
  | { readonly failed: FailedRun }
);

type FinishedRun = Extract<RunOutcome, { result: RunResult }>;

/** Sets the runs of a comparison side by side; all of `outcomes` are of `plan`. */
export function summarise(compareDir: string, plan: ComparisonPlan, outcomes: readonly RunOutcome[]): Comparison {
  const finished = outcomes.filter((outcome) => 'result' in outcome);
  const [first] = finished;
  const [planned] = plan.runs;
  return {
    schemaVersion: 1,
    compareDir,
    task: first?.result.task ?? planned?.config.task ?? '',
    generator: first?.result.generator ?? planned?.config.generator ?? '',
    target: first?.result.target ?? planned?.config.target ?? '',
    metric: first?.report.start.metric ?? 'accuracy',
    forwards: plan.forwards,
    seeds: plan.seeds,
    trainers: plan.entries.map((name) => compareTrainer(name, plan.forwards, outcomes)),
    baselines: compareBaselines(plan, finished),
  };
}

function compareTrainer(name: string, forwards: number, outcomes: readonly RunOutcome[]): ComparedTrainer {
  const own = outcomes.filter(({ plan }) => plan.entry === name);
  const finished = own.filter((outcome) => 'result' in outcome);
  const checkpoints = curveCheckpoints(forwards);
  const runs = finished.map((outcome) => describeRun(outcome, checkpoints));
  const score = (of: (run: ComparedRun) => Scores) =>
    spreadOf([...zip(runs, finished)].map(([run, { report }]) => of(run)[report.start.metric]));
  return {
    name,
    curve: checkpoints.map((at, i) => ({
      forwards: at,
      devScore: spreadOf(runs.map(({ curve }) => curve[i]?.devScore)),
      devReward: spreadOf(runs.map(({ curve }) => curve[i]?.devReward)),
      trainReward: spreadOf(runs.map(({ curve }) => curve[i]?.trainReward)),
    })),
    train: score(({ train }) => train),
    dev: score(({ dev }) => dev),
    test: score(({ test }) => test),
    ensemble: score(({ ensemble }) => ensemble?.test ?? {}),
    seconds: spreadOf(runs.map(({ seconds }) => seconds)),
    forwards: spreadOf(runs.map((run) => run.forwards)),
    runs,
    failed: own.flatMap((outcome) => ('failed' in outcome ? [outcome.failed] : [])),
  };
}

function describeRun({ plan, report, result }: FinishedRun, checkpoints: readonly number[]): ComparedRun {
  const { best, ensemble, runDir, forwards, cacheHits, steps, seconds, stopReason } = result;
  const { prompt, reward, train, dev, test } = best;
  const curve = bestSoFar(report, report.start.metric, checkpoints);
  const cost = { forwards, cacheHits, steps, seconds, stopReason };
  const scores = { train, dev, test, ...(ensemble ? { ensemble } : {}) };
  return { seed: plan.seed, runDir, curve, prompt, reward, ...scores, ...cost };
}

/** Baselines do not depend on the trainer: each seed counts once. */
function compareBaselines(plan: ComparisonPlan, finished: readonly FinishedRun[]): ComparedBaseline[] {
  const bySeed = plan.seeds.flatMap((seed) => finished.find((run) => run.plan.seed === seed) ?? []);
  const named = (name: 'empty' | 'manual'): ComparedBaseline[] => {
    const measured = bySeed.map(({ result, report }) => ({
      baseline: result.baselines[name],
      metric: report.start.metric,
    }));
    const [first] = measured;
    if (!first?.baseline) return [];
    const prompt = 'prompt' in first.baseline ? first.baseline.prompt : '';
    const dev = spreadOf(measured.map(({ baseline, metric }) => baseline?.dev[metric]));
    const test = spreadOf(measured.map(({ baseline, metric }) => baseline?.test[metric]));
    return [{ name, prompt, dev, test }];
  };
  return [...named('empty'), ...named('manual')];
}
