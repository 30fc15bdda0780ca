import { brailleChart, type ChartPiece, type ChartSeries } from '../../draw/braille-chart.js';
import type { Span, Style } from '../../draw/palette.js';
import { type SafeText, safeLine, safeText } from '../../draw/safe-text.js';
import { cutToWidth, fitToWidth, widthOf } from '../../draw/text-width.js';
import { formatScore, isNumber } from '../../format-values.js';
import { progressText, type ShownProgress } from '../../progress-watch.js';
import { metricOf, type ScreenState } from '../../screen-state.js';
import type { BoardProps } from './board-props.js';

interface PanelLine extends ChartSeries {
  readonly name: string;
  readonly value: number | undefined;
  readonly style: Style;
}

interface Panel {
  readonly title: SafeText;
  /** In the order of drawing: the last is on top, and first in the legend. */
  readonly lines: readonly PanelLine[];
  /** The largest value that there can be, where that is known. */
  readonly most?: number | undefined;
}

const TWO_PANELS_FROM = 64;
const OBJECTIVE_STYLES: readonly Style[] = ['mean', 'score', 'best', 'warn', 'bad', 'title', 'plain'];
const GAP = 3;

/** The charts in exactly `height` lines: rewards on the left, the metric on dev on the right where there is room. */
export function chartLines(
  { state, progress }: Pick<BoardProps, 'state' | 'progress'>,
  height: number,
  width: number,
): Span[][] {
  if (height === 0) return [];
  if (state.rewardMean.points.length === 0) return emptyChart(state, progress, height);
  const panels = panelsFor(state, width);
  const drawn = panels.map(([panel, room]) => panelLines(panel, state.step, height, room));
  const gap: Span = { text: safeText(' '.repeat(GAP)) };
  return (drawn[0] ?? []).map((_, i) => drawn.flatMap((lines, k) => [...(k > 0 ? [gap] : []), ...(lines[i] ?? [])]));
}

/** The panels that there is room for, with their columns. */
function panelsFor(state: ScreenState, width: number): (readonly [panel: Panel, columns: number])[] {
  if (width < TWO_PANELS_FROM) return [[rewardPanel(state), width]];
  const rest = width - GAP;
  if (state.objectives === undefined) {
    // The metric's name makes the right title the longer one.
    const left = Math.floor(rest * 0.47);
    return [
      [rewardPanel(state), left],
      [scorePanel(state), rest - left],
    ];
  }
  const third = Math.floor((rest - GAP) / 3);
  return [
    [rewardPanel(state), third],
    [objectivePanel(state), third],
    [scorePanel(state), rest - GAP - 2 * third],
  ];
}

function emptyChart({ phase }: ScreenState, progress: ShownProgress | undefined, height: number): Span[][] {
  const text = phase === 'training' ? 'the first step is under way' : 'charts appear after the first step';
  const lines = [text, ...(progress ? [progressText(progress)] : [])].map((line) => {
    return [{ text: safeText(line), style: 'dim' as const }];
  });
  return Array.from({ length: height }, (_, i) => lines[i - 1] ?? []);
}

function rewardPanel({ rewardMean, rewardMax }: ScreenState): Panel {
  return { title: safeText('reward'), lines: [toLine('mean', 'mean', rewardMean), toLine('max', 'best', rewardMax)] };
}

/** All objectives in one panel, each as a share of its range; the legend has their names. */
function objectivePanel({ objectives = [], objectiveMeans }: ScreenState): Panel {
  const lines = objectives.map(({ name }, i) =>
    toLine(name, OBJECTIVE_STYLES[i % OBJECTIVE_STYLES.length]!, objectiveMeans[name] ?? { points: [] }),
  );
  return { title: safeText('parts'), lines };
}

function scorePanel(state: ScreenState): Panel {
  const metric = metricOf(state);
  const best = toLine('best', 'score', state.devScore);
  const plain = state.prompts.filter(({ origin }) => origin === 'plain');
  const baselines = [...state.baselines, ...plain].map(({ dev }) => dev?.[metric]).filter(isNumber);
  const most = metric === 'accuracy' ? 1 : undefined;
  if (baselines.length === 0) return { title: safeLine`dev ${metric}`, lines: [best], most };
  const value = Math.max(...baselines);
  const points = [0, state.step].map((step) => ({ step, value }));
  return { title: safeLine`dev ${metric}`, lines: [toLine('base', 'dim', { points }), best], most };
}

function toLine(name: string, style: Style, { points }: ChartSeries): PanelLine {
  return { name, style, points, value: points.at(-1)?.value };
}

function panelLines({ title, lines, most }: Panel, step: number, height: number, width: number): Span[][] {
  const styles = lines.map(({ style }) => style);
  const chart = brailleChart(lines, width, height - 1, { steps: { low: 0, high: Math.max(1, step) }, most });
  return [titleSpans(title, lines, width), ...chart.map((pieces) => pieces.map((piece) => toSpan(piece, styles)))];
}

/**
 * The panel's name and legend in exactly `width` columns: the last entries without values where those do not fit, and
 * without the entries that do not fit even so.
 */
function titleSpans(title: SafeText, lines: readonly PanelLine[], width: number): Span[] {
  const name = cutToWidth(title, width);
  const spans: Span[] = [{ text: name, style: 'strong' }];
  let room = width - widthOf(name);
  const entries = (valueCount: number): Span[][] =>
    lines.toReversed().map(({ name, value, style }, i) => {
      const text = i < valueCount && value !== undefined ? safeLine`${name} ${formatScore(value)}` : safeLine`${name}`;
      return [{ text: safeText('  ─ '), style }, { text }];
    });
  const widthOfSpans = (entry: readonly Span[]): number => entry.reduce((sum, { text }) => sum + widthOf(text), 0);
  let valueCount = lines.length;
  while (valueCount > 0 && widthOfSpans(entries(valueCount).flat()) > room) valueCount--;
  for (const entry of entries(valueCount)) {
    const taken = widthOfSpans(entry);
    if (taken > room) continue;
    room -= taken;
    spans.push(...entry);
  }
  return [...spans, { text: fitToWidth(safeText(''), room) }];
}

function toSpan({ text, series }: ChartPiece, styles: readonly Style[]): Span {
  return { text: safeText(text), style: series === undefined ? 'dim' : (styles[series] ?? 'plain') };
}
