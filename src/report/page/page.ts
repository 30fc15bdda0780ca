import { createHash } from 'node:crypto';
import type { NonEmpty } from '../../statistics/non-empty.js';
import { zip } from '../../statistics/zip.js';
import type { TransferMatrix } from '../../transfer.js';
import { type Chart, chartData, renderChart } from '../charts/chart.js';
import { comparisonCharts, runCharts } from '../charts/run-charts.js';
import type { RunEnding, RunReport } from '../run-report.js';
import { renderBestPrompt } from '../sections/best-prompt.js';
import { renderClasses } from '../sections/classes.js';
import { renderComparison } from '../sections/comparison-section.js';
import { modelName } from '../sections/model-name.js';
import { renderMolecules } from '../sections/molecules.js';
import { renderBaselines, renderTopPrompts } from '../sections/prompt-tables.js';
import { renderSettings, renderWarnings } from '../sections/settings-tables.js';
import { renderTransfer } from '../sections/transfer-section.js';
import { type Html, html, inlineJson, trustedHtml } from './html.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets.js';

/** Nothing is fetched, and of all scripts and styles only the page's own ones count. */
const POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  `style-src '${hashOf(PAGE_STYLE)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

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
  const body = html`<header class="page"><p class="kicker">rlprompt report</p><button type="button" id="theme" hidden>Dark</button></header>
<main>${isSeveral && renderOverview(runs, overview)}${Array.from(zip(runs, charts), ([run, own], i) => renderRun(run, i, own, isSeveral))}${transfer && renderTransfer(transfer)}</main>
<footer>Made by rlprompt ${runs[0].manifest.versions.rlprompt}. This page is complete in itself: it loads nothing and sends nothing.</footer>`;
  return page(titleOf(runs), body, [...overview, ...charts.flat()]);
}

function page(title: string, body: Html, charts: readonly Chart[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trustedHtml(PAGE_STYLE)}</style>
</head>
<body>
${body}
<script type="application/json" id="charts">${inlineJson(charts.map(chartData))}</script>
<script>${trustedHtml(PAGE_SCRIPT)}</script>
</body>
</html>
`.source;
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
    `begun ${manifest.created.slice(0, 10)}`,
    result ? `finished by its limit: ${result.stopReason}` : ENDINGS[ending],
  ];
  const heading = isOneOfSeveral ? html`<h2>${run.name}</h2>` : html`<h1>${titleOf([run])}</h1>`;
  return html`<article id="run-${index + 1}">${heading}<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
${renderBestPrompt(run)}
<section><h3>Against the baselines</h3>${renderBaselines(run)}</section>
<section><h3>Course of the run</h3><div class="charts">${charts.map(renderChart)}</div></section>
<section><h3>Top prompts</h3>${renderTopPrompts(run)}</section>
${renderMolecules(run.molecules ?? [])}${renderClasses(run)}${renderWarnings(run)}${renderSettings(run)}</article>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
