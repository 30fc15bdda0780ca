import { type PromptSummary, promptKey, type RunProgress } from '../../../events.js';
import type { Span } from '../../draw/palette.js';
import { type SafeText, safeLine, safeText } from '../../draw/safe-text.js';
import { cutToWidth, fitToWidth, widthOf } from '../../draw/text-width.js';
import { formatScore } from '../../format-values.js';
import { namePrompt, quote } from '../../run-log.js';
import { metricOf, type ScreenState } from '../../screen-state.js';
import type { BoardProps } from './board-props.js';

interface Column {
  readonly title: string;
  readonly width: number;
  /** Least columns of the table that make room for this one. */
  readonly from: number;
  /** Left out where no prompt has it. */
  readonly isKnown?: (prompt: PromptSummary) => boolean;
  readonly value: (prompt: PromptSummary, metric: string) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'dev', width: 7, from: 0, value: ({ dev }, metric) => (dev ? formatScore(dev[metric]) : 'pending') },
  {
    title: 'margin',
    width: 8,
    from: 70,
    isKnown: ({ devMargin }) => devMargin !== undefined,
    value: ({ devMargin }) => (devMargin === undefined ? '' : formatScore(devMargin)),
  },
  { title: 'train', width: 7, from: 0, value: ({ train }, metric) => formatScore(train[metric]) },
  { title: 'reward', width: 8, from: 56, value: ({ reward }) => formatScore(reward) },
  { title: 'step', width: 7, from: 56, value: ({ step }) => String(step) },
  { title: 'from', width: 12, from: 100, value: ({ origin }) => origin },
];

const HINT = '↑ ↓ Enter: look into one';

/** The table of the best prompts: its head and at most `rows` of them. */
export function promptLines(
  { state, progress, keyboard, canPress }: Pick<BoardProps, 'state' | 'progress' | 'keyboard' | 'canPress'>,
  rows: number,
  width: number,
): Span[][] {
  if (rows === 0) return [];
  const shown = shownPrompts(state, rows);
  const columns = COLUMNS.filter(({ from, isKnown }) => width >= from && (!isKnown || shown.some(isKnown)));
  const head = columns.map(({ title, width: room }) => fitToWidth(safeText(title), room, 'right')).join('');
  const title = safeLine`     ${head}  prompt`;
  const hint =
    canPress && shown.length > 0 && widthOf(title) + HINT.length + 2 <= width
      ? fitToWidth(safeText(HINT), width - widthOf(title), 'right')
      : safeText('');
  const lines: Span[][] = [
    [
      { text: title, style: 'dim' },
      { text: hint, style: 'dim' },
    ],
  ];
  const selected = selectedRow(keyboard, shown.length);
  shown.forEach((prompt, i) => {
    const rank = prompt === state.leader ? '' : String(state.prompts.indexOf(prompt) + 1);
    lines.push(rowSpans(prompt, { rank, isSelected: i === selected }, state, columns, width));
  });
  if (lines.length === 1) lines.push([{ text: emptyLine(progress, metricOf(state)), style: 'dim' }]);
  return lines.length > rows + 1 ? lines.slice(0, rows + 1) : lines;
}

/** The best prompts, the one that was typed or given label words last, and the one that leads on train before dev knows it. */
export function shownPrompts({ prompts, leader, ownKey }: ScreenState, rows: number): PromptSummary[] {
  const room = leader ? Math.max(1, rows - 1) : rows;
  const own = prompts.find((prompt) => promptKey(prompt) === ownKey);
  const below = own && room > 1 && prompts.indexOf(own) >= room ? [own] : [];
  return [...prompts.slice(0, room - below.length), ...below, ...(leader ? [leader] : [])];
}

/** Where the arrows are among `count` rows; undefined before the first of them. */
function selectedRow({ selected }: BoardProps['keyboard'], count: number): number | undefined {
  return selected === undefined ? undefined : Math.min(selected, count - 1);
}

function rowSpans(
  prompt: PromptSummary,
  { rank, isSelected }: { readonly rank: string; readonly isSelected: boolean },
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
    { text: safeLine`${isSelected ? '>' : ' '}${rank.padStart(2)} `, style: isSelected ? 'title' : 'dim' },
    { text: safeText(markOf(prompt, isBest)), style: isBest ? 'good' : 'warn' },
    { text: safeLine`${cells}  `, style: isBest ? 'strong' : 'plain' },
    { text: cutToWidth(safeLine`${namePrompt(prompt)}`, width - used), style: isBest ? 'good' : 'plain' },
  ];
}

function emptyLine(progress: RunProgress | undefined, metric: string): SafeText {
  if (!progress?.best) return safeText('     no prompt has been evaluated yet');
  const { prompt, score } = progress.best;
  return safeLine`     best before the search: train ${metric} ${formatScore(score)}  ${prompt === '' ? 'no prompt' : quote(prompt)}`;
}

function markOf(prompt: PromptSummary, isBest: boolean): string {
  if (isBest) return '★';
  return prompt.origin === 'user' ? '›' : ' ';
}
