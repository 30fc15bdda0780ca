import { type Html, html, trustedHtml } from '../html.js';
import { scoreText } from '../score-text.js';
import type { Point } from './thin-points.js';
import { formatTick, niceTicks, tickLabels } from './ticks.js';

/** One curve; its tone is one of the page's colours, 1 to 8. */
export interface Series {
  readonly name: string;
  readonly tone: number;
  /** `steps` holds each value until the next; `dots` marks every point as well. */
  readonly form: 'line' | 'steps' | 'dots' | 'dashed';
  readonly points: readonly Point[];
  /** Lower and upper edge of a shaded area around the curve, at the same places. */
  readonly band?: readonly (readonly [low: number, high: number])[];
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What a point is, and its unit. */
  readonly caption: string;
  readonly xName: string;
  readonly series: readonly Series[];
  /** Values to compare with, drawn across the chart. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
  /** Values outside make no sense, such as accuracies above 1. */
  readonly bounds?: readonly [low: number, high: number];
}

export type Range = readonly [low: number, high: number];

/** What the page's script needs of a chart to zoom into it and to read values off it. */
export interface ChartData {
  readonly id: string;
  readonly xName: string;
  /** How far apart the ticks of x are at least. */
  readonly xGap: number;
  readonly x: Range;
  readonly y: Range;
  readonly bounds: Range | null;
  readonly levels: readonly number[];
  readonly series: readonly { name: string; points: readonly Point[]; band: Series['band'] | null }[];
}

/** Side of the square in which curves are drawn; the browser stretches it to the size of the chart. */
const SIDE = 1000;

export function chartData(chart: Chart): ChartData {
  const { id, xName, levels = [], bounds = null, series } = chart;
  const points = series.flatMap((one) => one.points);
  const edges = series.flatMap((one) => one.band?.flat() ?? []);
  return {
    id,
    xName,
    xGap: points.every(([x]) => Number.isInteger(x)) ? 1 : 0,
    x: widen(extent(points.map(([x]) => x)), 0.012, null),
    y: widen(extent([...points.map(([, y]) => y), ...edges, ...levels.map(({ y }) => y)]), 0.06, bounds),
    bounds,
    levels: levels.map(({ y }) => y),
    series: series.map((one) => ({ name: one.name, points: one.points, band: one.band ?? null })),
  };
}

/** The chart as markup that needs no script; a script may add zoom and a readout. */
export function renderChart(chart: Chart): Html {
  const { id, x, y, xName, xGap } = chartData(chart);
  const levels = chart.levels ?? [];
  const height = (value: number) => `${round(100 * (1 - share(value, y)))}%`;
  const across = (value: number) => `${round(100 * share(value, x))}%`;
  const [yTicks, xTicks] = [niceTicks(...y, 5, 0), niceTicks(...x, 6, xGap)];
  const [yLabels, xLabels] = [tickLabels(yTicks), tickLabels(xTicks)];
  return html`<figure class="chart" data-chart="${id}">
<figcaption><h4>${chart.title}</h4><p>${chart.caption}</p>${legend(chart)}</figcaption>
<div class="frame">
<svg class="y-axis" aria-hidden="true">${yTicks.map((value, i) => html`<text x="100%" y="${height(value)}" dy="0.32em">${yLabels[i]}</text>`)}</svg>
<div class="plot" tabindex="0" role="img" aria-label="${describe(chart)}">
<svg width="100%" height="100%" aria-hidden="true"><g class="grid">${yTicks.map((value) => html`<line x1="0" x2="100%" y1="${height(value)}" y2="${height(value)}"/>`)}</g>
<svg class="curves" width="100%" height="100%" viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none">${levels.map((level, i) => horizontal(level.y, i, { x, y }))}${chart.series.map((one) => curve(one, { x, y }))}</svg>
<g class="cursor"></g></svg>
</div>
<svg class="x-axis" aria-hidden="true">${xTicks.map((value, i) => html`<text x="${across(value)}" y="1em"${trustedHtml(anchor(share(value, x)))}>${xLabels[i]}</text>`)}</svg>
<p class="x-name">${xName}</p>
</div>
<p class="tools" hidden><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="left" aria-label="Earlier">←</button><button type="button" data-zoom="right" aria-label="Later">→</button><button type="button" data-zoom="reset">Whole run</button><output></output></p>
</figure>`;
}

function legend({ series, levels = [] }: Chart): Html {
  return html`<ul class="legend">${series.map(({ name, tone, form }) => html`<li><svg class="key tone-${tone}" aria-hidden="true"><path class="${form}" d="M1 6H17"/></svg>${name}</li>`)}${levels.map(({ name, y }, i) => html`<li><svg class="key" aria-hidden="true"><path class="level level-${i % 3}" d="M1 6H17"/></svg>${name} ${scoreText(y)}</li>`)}</ul>`;
}

function curve({ points, tone, form, band }: Series, ranges: { x: Range; y: Range }): Html {
  const place = toPlace(ranges);
  const places = points.map(([x, y]) => place(x, y));
  const edge = (side: 0 | 1) => points.map(([x], i) => place(x, band?.[i]?.[side] ?? 0));
  const area = [...edge(1), ...edge(0).reverse()].join('L');
  const line = form === 'steps' ? stairs(places) : `M${places.join('L')}`;
  const dots = places.map((at) => `M${at}h0`).join('');
  return html`<g class="tone-${tone}">${band && html`<path class="band" d="M${trustedHtml(area)}Z"/>`}${
    places.length > 0 && html`<path class="${form}" d="${trustedHtml(line)}"/>`
  }${(form === 'dots' || places.length === 1) && html`<path class="dot" d="${trustedHtml(dots)}"/>`}</g>`;
}

function horizontal(level: number, index: number, ranges: { x: Range; y: Range }): Html {
  const place = toPlace(ranges);
  return html`<path class="level level-${index % 3}" d="M${place(ranges.x[0], level)}L${place(ranges.x[1], level)}"/>`;
}

function toPlace({ x, y }: { x: Range; y: Range }): (atX: number, atY: number) => string {
  return (atX, atY) => `${round(SIDE * share(atX, x))} ${round(SIDE * (1 - share(atY, y)))}`;
}

function stairs(places: readonly string[]): string {
  return places.map((place, i) => (i === 0 ? `M${place}` : `H${place.replace(' ', 'V')}`)).join('');
}

/** Where labels at the ends would stick out they end, or begin, at their tick. */
function anchor(at: number): string {
  return at > 0.97 ? ' text-anchor="end"' : at < 0.03 ? ' text-anchor="start"' : '';
}

/** What the chart shows, for those who do not see it. */
function describe({ title, xName, series }: Chart): string {
  const curves = series.flatMap(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return [];
    const [least, most] = extent(points.map(([, y]) => y));
    return `${name}: from ${formatTick(first[1])} at ${xName} ${formatTick(first[0])} to ${formatTick(last[1])} at ${xName} ${formatTick(last[0])}, between ${formatTick(least)} and ${formatTick(most)}`;
  });
  return `${title}. ${curves.join('. ')}.`;
}

function extent(values: readonly number[]): Range {
  if (values.length === 0) return [0, 1];
  return values.reduce<[number, number]>(
    ([low, high], v) => [Math.min(low, v), Math.max(high, v)],
    [Infinity, -Infinity],
  );
}

function widen([low, high]: Range, margin: number, bounds: Range | null): Range {
  const size = high - low || Math.abs(high) * 0.2 || 1;
  const room = high === low ? size / 2 : margin * size;
  const [wideLow, wideHigh] = [low - room, high + room];
  return bounds ? [Math.max(bounds[0], wideLow), Math.min(bounds[1], wideHigh)] : [wideLow, wideHigh];
}

function share(value: number, [low, high]: Range): number {
  return (value - low) / (high - low);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
