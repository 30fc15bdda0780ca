import type { StepEndEvent } from '../../events.js';
import { bestDevRewards, type RunReport, scoreOf } from '../run-report.js';
import type { Chart, Range, Series } from './chart.js';
import { objectiveCharts } from './objective-charts.js';
import { type Point, thinPoints } from './thin-points.js';

const STEP = 'step';

/** How one run went: reward, score, loss, entropy and the objectives of the reward over its steps. */
export function runCharts(run: RunReport, id: string): Chart[] {
  const { metric } = run.start;
  return [
    {
      id: `${id}-reward`,
      title: 'Reward',
      caption: 'Raw reward of each step’s prompts on the train examples; shaded: one standard deviation.',
      xName: STEP,
      series: [
        meanReward(run),
        line(
          'best of the step',
          2,
          curveOf(run, ({ rewardMax }) => rewardMax),
        ),
      ],
    },
    {
      id: `${id}-score`,
      title: capital(metric),
      caption: 'Scores of each step’s prompts on train, and of the prompt ranked first on dev.',
      xName: STEP,
      ...boundsOf(run),
      series: [
        line(
          'mean on train',
          1,
          curveOf(run, ({ metricMeans }) => metricMeans[metric]),
        ),
        devScores(run, 3),
      ],
      levels: baselineLevels(run),
    },
    ...lossChart(run, id),
    {
      id: `${id}-entropy`,
      title: 'Entropy',
      caption: 'Entropy of the policy in nats per token; near 0 it proposes the same prompt again and again.',
      xName: STEP,
      series: [
        line(
          'entropy',
          5,
          curveOf(run, ({ entropy }) => entropy),
        ),
      ],
    },
    ...objectiveCharts(run, id),
  ];
}

/** Trainers without a gradient have no loss, and no chart of it. */
function lossChart(run: RunReport, id: string): Chart[] {
  const points = curveOf(run, ({ loss }) => loss);
  if (!points.some(([, loss]) => Number.isFinite(loss) && loss !== 0)) return [];
  return [
    {
      id: `${id}-loss`,
      title: 'Loss',
      caption: `What ${run.start.trainer} minimises. It need not fall: the rewards it is fitted to change with the prompts. Losses of different trainers cannot be compared.`,
      xName: STEP,
      series: [line('loss', 4, points)],
    },
  ];
}

/** Several runs in the same charts, one tone each. */
export function comparisonCharts(runs: readonly RunReport[]): Chart[] {
  const each = (form: Series['form'], points: (run: RunReport) => readonly Point[]): Series[] =>
    runs.map((run, i) => ({ name: run.name, tone: toneOf(i), form, points: points(run) }));
  const metrics = [...new Set(runs.map(({ start }) => start.metric))];
  return [
    {
      id: 'all-forwards',
      title: 'Each run: best reward on dev so far',
      caption: 'Raw reward, against the rows run through the target LM.',
      xName: 'forwards',
      series: each('steps', (run) => thinPoints(bestDevRewards(run), 'last')),
    },
    {
      id: 'all-score',
      title: `Each run: ${metrics.join(' and ')} on dev`,
      caption: 'Of the prompt ranked first at each evaluation; the last point is the dev score in the table above.',
      xName: STEP,
      ...boundsOf(runs[0]!),
      series: runs.map((run, i) => ({ ...devScores(run, toneOf(i)), name: run.name })),
    },
    {
      id: 'all-reward',
      title: 'Each run: mean reward on train',
      caption: 'Raw reward, mean over each step’s prompts.',
      xName: STEP,
      series: each('line', (run) => curveOf(run, ({ rewardMean }) => rewardMean)),
    },
    {
      id: 'all-entropy',
      title: 'Each run: entropy',
      caption: 'Entropy of the policy in nats per token.',
      xName: STEP,
      series: each('line', (run) => curveOf(run, ({ entropy }) => entropy)),
    },
  ];
}

/** The tone of the run at a place; the page has eight. */
export function toneOf(index: number): number {
  return 1 + (index % 8);
}

function meanReward({ steps }: RunReport): Series {
  const points = thinPoints(steps.map(({ step, rewardMean }) => [step, rewardMean]));
  const spread = thinPoints(steps.map(({ step, rewardMean, rewardStd }) => [step, finite(rewardMean, rewardStd)]));
  const band = points.map(([, mean], i): Range => [mean - (spread[i]?.[1] ?? 0), mean + (spread[i]?.[1] ?? 0)]);
  return { name: 'mean', tone: 1, form: 'line', points, band };
}

/** NaN where the mean is none, so that both curves leave out the same steps. */
function finite(rewardMean: number, rewardStd: number): number {
  return Number.isFinite(rewardMean) ? rewardStd || 0 : Number.NaN;
}

function devScores(run: RunReport, tone: number): Series {
  const points = run.evaluations.map(({ step, best }): Point => [step, scoreOf(run, best.dev) ?? Number.NaN]);
  return { name: 'best on dev', tone, form: points.length > 60 ? 'line' : 'dots', points: thinPoints(points) };
}

function baselineLevels(run: RunReport): { name: string; y: number }[] {
  const scores = (name: 'empty' | 'manual') =>
    run.baselines.flatMap((baseline) => (baseline.name === name ? [scoreOf(run, baseline.dev) ?? 0] : []));
  const [empty, manual] = [scores('empty'), scores('manual')];
  return [
    ...(empty.length > 0 ? [{ name: 'no prompt, dev', y: Math.max(...empty) }] : []),
    ...(manual.length > 0 ? [{ name: 'best hand-written, dev', y: Math.max(...manual) }] : []),
  ];
}

function line(name: string, tone: number, points: readonly Point[]): Series {
  return { name, tone, form: 'line', points };
}

function curveOf({ steps }: RunReport, value: (step: StepEndEvent) => number | undefined): Point[] {
  return thinPoints(steps.map((step) => [step.step, value(step) ?? Number.NaN]));
}

/** Accuracies end at 0 and 1; other metrics go by their values. */
function boundsOf({ start }: RunReport): { bounds?: Range } {
  return start.metric === 'accuracy' ? { bounds: [0, 1] } : {};
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
