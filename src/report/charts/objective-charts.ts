import type { RunReport } from '../run-report.js';
import type { Chart } from './chart.js';
import { thinPoints } from './thin-points.js';

/** The page has eight tones; the first five are taken by the charts before. */
const FIRST_TONE = 6;

/** One chart for each named objective of the reward, in the objective's own unit. */
export function objectiveCharts(run: RunReport, id: string): Chart[] {
  const names = [...new Set(run.steps.flatMap(({ parts }) => Object.keys(parts ?? {})))];
  return names.map((name, i) => ({
    id: `${id}-objective-${i + 1}`,
    title: `Objective: ${name}`,
    caption: `Mean over each step’s prompts, in its own unit.${weightsOf(run, name)}`,
    xName: 'step',
    series: [
      {
        name,
        tone: 1 + ((FIRST_TONE - 1 + i) % 8),
        form: 'line',
        points: thinPoints(run.steps.map(({ step, parts }) => [step, parts?.[name] ?? Number.NaN])),
      },
    ],
  }));
}

/** The weight at the start, and where it was changed while the run went on. */
function weightsOf({ start, weightChanges }: RunReport, name: string): string {
  const first =
    weightChanges[0]?.before[name] ?? start.objectives?.find((objective) => objective.name === name)?.weight;
  if (first === undefined) return '';
  const changes = weightChanges
    .filter(({ weights, before }) => weights[name] !== before[name])
    .map(({ step, weights }) => `, ${weights[name]} after step ${step}`);
  return ` Weight ${first}${changes.join('')}.`;
}
