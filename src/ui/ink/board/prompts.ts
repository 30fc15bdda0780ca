import { type PromptSummary, promptKey, type RunProgress } from '../../../events.js';
import type { Span } from '../../draw/palette.js';
import { formatScore } from '../../format-values.js';
import { namePrompt, quote } from '../../run-log.js';
import { cutToWidth, fitToWidth, type SafeText, safeLine, safeText } from '../../sanitize.js';
import { metricOf, type ScreenState } from '../../screen-state.js';

interface Column {
  readonly title: string;
  readonly width: number;
  /** Least columns of the table that make room for this one. */
  readonly from: number;
  readonly value: (prompt: PromptSummary, metric: string) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'dev', width: 7, from: 0, value: ({ dev }, metric) => (dev ? formatScore(dev[metric]) : 'pending') },
  { title: 'train', width: 7, from: 0, value: ({ train }, metric) => formatScore(train[metric]) },
  { title: 'reward', width: 8, from: 56, value: ({ reward }) => formatScore(reward) },
  { title: 'step', width: 7, from: 56, value: ({ step }) => String(step) },
  { title: 'from', width: 12, from: 100, value: ({ origin }) => origin },
];

/** The table of the best prompts: its head and at most `rows` of them, last the one that leads on train before dev knows it. */
export function promptLines(
  state: ScreenState,
  progress: RunProgress | undefined,
  rows: number,
  width: number,
): Span[][] {
  if (rows === 0) return [];
  const columns = COLUMNS.filter(({ from }) => width >= from);
  const head = columns.map(({ title, width: room }) => fitToWidth(safeText(title), room, 'right')).join('');
  const lines: Span[][] = [[{ text: safeLine`     ${head}  prompt`, style: 'dim' }]];
  const { leader } = state;
  state.prompts.slice(0, leader ? Math.max(1, rows - 1) : rows).forEach((prompt, i) => {
    lines.push(rowSpans(prompt, String(i + 1), state, columns, width));
  });
  if (leader) lines.push(rowSpans(leader, '', state, columns, width));
  if (lines.length === 1) lines.push([{ text: emptyLine(progress, metricOf(state)), style: 'dim' }]);
  return lines.length > rows + 1 ? lines.slice(0, rows + 1) : lines;
}

function rowSpans(
  prompt: PromptSummary,
  rank: string,
  state: ScreenState,
  columns: readonly Column[],
  width: number,
): Span[] {
  const isBest = promptKey(prompt) === state.bestKey;
  const metric = metricOf(state);
  const cells = columns
    .map((column) => fitToWidth(safeText(column.value(prompt, metric)), column.width, 'right'))
    .join('');
  const used = 7 + columns.reduce((sum, column) => sum + column.width, 0);
  return [
    { text: safeLine`${rank.padStart(3)} `, style: 'dim' },
    { text: safeText(markOf(prompt, isBest)), style: isBest ? 'good' : 'warn' },
    { text: safeLine`${cells}  `, style: isBest ? 'strong' : 'plain' },
    { text: cutToWidth(safeLine`${namePrompt(prompt)}`, width - used), style: isBest ? 'good' : 'plain' },
  ];
}

function emptyLine(progress: RunProgress | undefined, metric: string): SafeText {
  if (!progress?.best) return safeText('     no prompt was evaluated yet');
  const { prompt, score } = progress.best;
  return safeLine`     best before the search: train ${metric} ${formatScore(score)}  ${prompt === '' ? 'no prompt' : quote(prompt)}`;
}

function markOf(prompt: PromptSummary, isBest: boolean): string {
  if (isBest) return '★';
  return prompt.origin === 'user' ? '›' : ' ';
}
