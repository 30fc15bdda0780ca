import { RlpromptError } from '../errors.js';
import { type Chart, renderChart } from '../report/charts/chart.js';
import { toneOf } from '../report/charts/run-charts.js';
import { type Html, html } from '../report/html.js';
import { wholePage } from '../report/page/whole-page.js';
import { withMinus } from '../report/score-text.js';
import type { ActPlan } from './act-folder.js';
import type { ActRecord } from './act-record.js';
import type { CurvePoint } from './learner.js';
import type { Measured } from './measure.js';

/**
 * One page about learning to act in one environment, in one folder or in several side by side, as HTML.
 * @throws RlpromptError `E_USAGE` where the environments differ: their returns are no measure of each other
 */
export function renderActReport(records: readonly ActRecord[]): string {
  refuseOthers(records);
  const charts: readonly Chart[] = [
    chart(records, 'return', 'Return', 'Mean over the episodes that an update learned from.', 'meanReturn'),
    chart(records, 'entropy', 'Entropy of the policy', 'Nats, mean over the choices of an update.', 'entropy'),
    ...(learnedBy(records, 'ppo')
      ? [chart(records, 'critic', 'Error of the critic', 'Mean squared error of its returns.', 'criticLoss')]
      : []),
    ...(learnedBy(records, 'memory', 'rememberer')
      ? [chart(records, 'memory', 'Memory', 'Situations that are remembered.', 'remembered')]
      : []),
  ].filter(({ series }) => series.length > 0);
  const title = `Learning to act: ${[...new Set(records.map(({ plan }) => plan.environment))].join(', ')}`;
  return wholePage({
    title,
    main: html`<section><h1>${title}</h1>${table(records)}${drawn(charts)}</section>`,
    charts,
    madeBy: 'rlprompt',
  });
}

/** The file of one environment may have moved, or been corrected in between. */
function refuseOthers([first, ...others]: readonly ActRecord[]): void {
  const other = others.find(
    ({ plan }) =>
      plan.environment !== first?.plan.environment && plan.environmentDigest !== first?.plan.environmentDigest,
  );
  if (!first || !other) return;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${first.path} is about the environment ${first.plan.environment}, ${other.path} about ${other.plan.environment}: their returns cannot be compared`,
    kept: 'nothing was written',
    next: 'make a page for each environment',
  });
}

function drawn(charts: readonly Chart[]): Html {
  if (charts.length === 0) return html`<p>No update was saved yet, so there is no curve.</p>`;
  return html`<div class="charts">${charts.map(renderChart)}</div>`;
}

function learnedBy(records: readonly ActRecord[], ...learners: readonly ActPlan['learner'][]): boolean {
  return records.some(({ plan }) => learners.includes(plan.learner));
}

function chart(
  records: readonly ActRecord[],
  id: string,
  title: string,
  caption: string,
  number: Exclude<keyof CurvePoint, 'update'>,
): Chart {
  const series = records.map(({ path, curve }, i) => ({
    name: path,
    tone: toneOf(i),
    form: 'line' as const,
    points: curve.flatMap(({ [number]: value, update }) => (value === undefined ? [] : [[update, value] as const])),
  }));
  // A legend names curves that are there; each folder keeps its tone.
  return { id, title, caption, xName: 'updates', series: series.filter(({ points }) => points.length > 0) };
}

function table(records: readonly ActRecord[]): Html {
  return html`<div class="scroll"><table>
<caption>After the last update: one episode of each task, always the likeliest action. Best: share of the episodes with the best return there is.</caption>
<thead><tr><th scope="col">Folder</th><th scope="col">Learner</th><th scope="col">Model</th><th scope="col" class="number">Seed</th><th scope="col" class="number">Updates</th><th scope="col" class="number">Return, training tasks</th><th scope="col" class="number">Best</th><th scope="col" class="number">Return, held-out tasks</th><th scope="col" class="number">Best</th></tr></thead>
<tbody>${records.map(
    ({ path, plan, curve, result }) =>
      html`<tr><th scope="row">${path}</th><td>${plan.learner}</td><td>${plan.model}</td><td class="number">${plan.seed}</td><td class="number">${curve.length} of ${plan.updates}</td>${cells(result?.train)}${cells(result?.test)}</tr>`,
  )}</tbody>
</table></div>`;
}

function cells(measured: Measured | undefined): Html {
  const best = measured?.best === undefined ? '–' : `${(100 * measured.best).toFixed(0)} %`;
  return html`<td class="number">${measured ? withMinus(measured.meanReturn.toFixed(3)) : '–'}</td><td class="number">${best}</td>`;
}
