import type { TransferMatrix } from '../../analysis/transfer.js';
import { howItStopped } from '../../run/store/how-it-stopped.js';
import type { NonEmpty } from '../../statistics/non-empty.js';
import { zip } from '../../statistics/zip.js';
import { modelName } from '../../ui/model-name.js';
import { type Chart, renderChart } from '../charts/chart.js';
import { comparisonCharts, runCharts } from '../charts/run-charts.js';
import { type Html, html } from '../html.js';
import type { RunEnding, RunReport } from '../run-report.js';
import { renderBestPrompt } from '../sections/best-prompt.js';
import { renderClasses } from '../sections/classes.js';
import { renderComparison } from '../sections/comparison-section.js';
import { renderMolecules } from '../sections/molecules-section.js';
import { renderBaselines, renderTopPrompts } from '../sections/prompt-tables.js';
import { renderSettings, renderWarnings } from '../sections/settings-tables.js';
import { renderTransfer } from '../sections/transfer-section.js';
import { wholePage } from './whole-page.js';

const ENDINGS: Readonly<Record<RunEnding, string>> = {
  finished: 'finished',
  stopped: 'stopped, can be resumed',
  failed: 'failed',
  open: 'not finished',
};

export interface ReportOptions {
  readonly transfer?: TransferMatrix | undefined;
  /** Shown before the charts of several runs, for instance their means. */
  readonly charts?: readonly Chart[];
}

/** One page that needs nothing else: runs, side by side where there are several, as HTML. */
export function renderReport(runs: NonEmpty<RunReport>, { transfer, charts: own = [] }: ReportOptions = {}): string {
  const isSeveral = runs.length > 1;
  const overview = isSeveral ? [...own, ...comparisonCharts(runs)] : [];
  const charts = runs.map((run, i) => runCharts(run, `run-${i + 1}`));
  return wholePage({
    title: titleOf(runs),
    main: html`${isSeveral && renderOverview(runs, overview)}${Array.from(zip(runs, charts), ([run, own], i) => renderRun(run, i, own, isSeveral))}${transfer && renderTransfer(transfer)}`,
    charts: [...overview, ...charts.flat()],
    madeBy: `rlprompt ${runs[0].manifest.versions.rlprompt}`,
  });
}

function titleOf(runs: NonEmpty<RunReport>): string {
  if (runs.length > 1) return `${runs.length} runs on ${[...new Set(runs.map(({ start }) => start.task))].join(', ')}`;
  const { task, targetLm } = runs[0].start;
  return `${task}: a prompt for ${modelName(targetLm)}`;
}

function renderOverview(runs: NonEmpty<RunReport>, charts: readonly Chart[]): Html {
  return html`<section><h1>${titleOf(runs)}</h1>${renderComparison(runs)}<div class="charts">${charts.map(renderChart)}</div></section>`;
}

function renderRun(run: RunReport, index: number, charts: readonly Chart[], isOneOfSeveral: boolean): Html {
  const { start, result, manifest, ending } = run;
  const facts = [
    `${start.trainer}, seed ${start.seed}`,
    `generator LM ${modelName(start.generator)}`,
    `target LM ${modelName(start.targetLm)}`,
    `started ${manifest.created.slice(0, 10)}`,
    result ? howItStopped(result.stopReason) : ENDINGS[ending],
  ];
  const heading = isOneOfSeveral ? html`<h2>${run.name}</h2>` : html`<h1>${titleOf([run])}</h1>`;
  return html`<article id="run-${index + 1}">${heading}<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
${renderBestPrompt(run)}
<section><h3>Against the baselines</h3>${renderBaselines(run)}</section>
<section><h3>Course of the run</h3><div class="charts">${charts.map(renderChart)}</div></section>
<section><h3>Top prompts</h3>${renderTopPrompts(run)}</section>
${renderMolecules(run.molecules ?? [])}${renderClasses(run)}${renderWarnings(run)}${renderSettings(run)}</article>`;
}
