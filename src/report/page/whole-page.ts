import { createHash } from 'node:crypto';
import { readBytes } from '../../files/read/read-file.js';
import { type Chart, chartData } from '../charts/chart.js';
import { type Html, html, inlineJson, trustedHtml } from '../html.js';
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

/** Stands in each page, those of earlier versions too. */
const KICKER = '<p class="kicker">rlprompt report</p>';

/** Whether a file is such a page: another file of this name is somebody else's. */
export function isReportPage(path: string): boolean {
  return Buffer.from(readBytes(path)).includes(KICKER);
}

interface PageParts {
  readonly title: string;
  readonly main: Html;
  /** All charts in `main`, for the page's script. */
  readonly charts: readonly Chart[];
  /** The program, with its version where that is known. */
  readonly madeBy: string;
}

/** A page that needs nothing else, as HTML. */
export function wholePage({ title, main, charts, madeBy }: PageParts): string {
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
<header class="page">${trustedHtml(KICKER)}<button type="button" id="theme" hidden>Dark</button></header>
<main>${main}</main>
<footer>Made by ${madeBy}. This page is complete in itself: it loads nothing and sends nothing.</footer>
<script type="application/json" id="charts">${inlineJson(charts.map(chartData))}</script>
<script>${trustedHtml(PAGE_SCRIPT)}</script>
</body>
</html>
`.source;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
