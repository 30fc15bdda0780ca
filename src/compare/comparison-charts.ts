import type { Chart, Series } from '../report/charts/chart.js';
import { toneOf } from '../report/charts/run-charts.js';
import type { ComparedTrainer, Comparison, CurveSpread } from './comparison.js';
import type { Spread } from './spread.js';

type Quantity = (point: CurveSpread) => Spread | null;

/** Means over the seeds of the best found so far, with one standard deviation to either side. */
export function meanCharts(comparison: Comparison): Chart[] {
  const { metric, trainers, baselines, seeds } = comparison;
  const seedText = seeds.length === 1 ? 'one seed' : `mean of ${seeds.length} seeds; shaded: one standard deviation`;
  const chart = (id: string, title: string, of: Quantity): Chart => ({
    id,
    title,
    caption: `Against the rows run through the target LM, ${seedText}.`,
    xName: 'forwards',
    series: trainers.map((trainer, i) => meanSeries(trainer, toneOf(i), of)),
  });
  const levels = baselines.flatMap(({ name, dev }) =>
    dev ? [{ name: name === 'empty' ? 'no prompt, dev' : 'best hand-written, dev', y: dev.mean }] : [],
  );
  const bounds = metric === 'accuracy' ? { bounds: [0, 1] as const } : {};
  return [
    {
      ...chart('mean-score', `Each trainer: best ${metric} on dev so far`, ({ devScore }) => devScore),
      levels,
      ...bounds,
    },
    chart('mean-dev-reward', 'Each trainer: best reward on dev so far', ({ devReward }) => devReward),
    chart('mean-train-reward', 'Each trainer: best reward on train so far', ({ trainReward }) => trainReward),
  ];
}

function meanSeries({ name, curve }: ComparedTrainer, tone: number, of: Quantity): Series {
  const known = curve.flatMap((point) => {
    const spread = of(point);
    return spread ? [{ forwards: point.forwards, mean: spread.mean, sd: spread.sd ?? 0 }] : [];
  });
  return {
    name,
    tone,
    form: 'line',
    points: known.map(({ forwards, mean }) => [forwards, mean]),
    band: known.map(({ mean, sd }) => [mean - sd, mean + sd]),
  };
}
