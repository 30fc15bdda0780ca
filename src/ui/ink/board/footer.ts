import { classifierOf } from '../../../classifier/classifier-of.js';
import type { PromptSummary } from '../../../events.js';
import type { Span, Style } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import { cutToWidth, widthOf } from '../../draw/text-width.js';
import type { LogEntry, LogLevel } from '../../run-log.js';
import type { ScreenState } from '../../screen-state.js';
import { STEERING_KEYS } from '../input/press-key.js';
import type { BoardProps } from './board-props.js';

export const LEVEL_STYLES: Readonly<Record<LogLevel, Style>> = {
  info: 'plain',
  good: 'good',
  warn: 'warn',
  bad: 'bad',
};

const KEYS: readonly (readonly [key: string, long: string, medium: string, short: string])[] = [
  ['p', 'pause', 'pause', 'pause'],
  ['s', 'save', 'save', 'save'],
  ['e', 'evaluate', 'eval', 'eval'],
  ['t', 'try a prompt', 'try', 'try'],
  ['l', 'label words', 'words', 'words'],
  ['w', 'weights', 'weights', 'weights'],
  ['x', 'export', 'export', 'exp'],
  ['q', 'save and quit', 'save and quit', 'quit'],
  ['?', 'help', 'help', 'help'],
];

/** The newest messages, oldest first; the note on the last key is the last line where there is one. */
export function logLines({ state, keyboard }: BoardProps, count: number): Span[][] {
  if (count === 0) return [];
  const note = keyboard.note;
  const entries = state.log.slice(note ? -(count - 1) || state.log.length : -count).map(logSpans);
  return note ? [...entries, [{ text: safeText(note), style: 'warn' }]] : entries;
}

function logSpans({ step, level, text }: LogEntry): Span[] {
  return [
    { text: safeLine`${String(step).padStart(4)}  `, style: 'dim' },
    { text: safeText(text), style: LEVEL_STYLES[level] },
  ];
}

/** The keys, or the field for a typed prompt; the note on the last key where messages have no line of their own. */
export function footerLine(props: BoardProps, width: number, hasLog: boolean): Span[] {
  if (props.keyboard.mode === 'typing') return typingLine(props, width);
  if (!props.canPress) return [];
  if (!hasLog && props.keyboard.note) return [{ text: safeText(props.keyboard.note), style: 'warn' }];
  const keys = props.steerable
    ? KEYS.filter(([key]) => isOffered(key, props.state))
    : ([
        ['q', 'quit', 'quit', 'quit'],
        ['?', 'help', 'help', 'help'],
      ] as const);
  const paused = props.keyboard.pauseWanted;
  const line = (form: 1 | 2 | 3): Span[] =>
    keys.flatMap((names, i): Span[] => [
      { text: safeText(i === 0 ? names[0] : `  ${names[0]}`), style: 'strong' },
      { text: safeLine` ${names[0] === 'p' && paused ? 'resume' : names[form]}`, style: 'dim' },
    ]);
  const fits = (spans: readonly Span[]): boolean => spans.reduce((sum, { text }) => sum + widthOf(text), 0) <= width;
  return (
    [line(1), line(2), line(3)].find(fits) ?? [
      { text: safeLine`${keys.map(([key]) => key).join(' ')} help`, style: 'dim' },
    ]
  );
}

/** Whether a key has something to do in this run. */
export function isOffered(key: string, { objectives, start, phase }: ScreenState): boolean {
  if (phase === 'final-evaluation' && STEERING_KEYS.has(key)) return false;
  if (key === 'w') return objectives !== undefined;
  return key !== 'l' || (start?.labels.length ?? 0) > 0;
}

function typingLine({ keyboard: { draft, field }, state, edited }: BoardProps, width: number): Span[] {
  const name = { prompt: 'your prompt ', weights: 'weights ', format: 'format ', 'label-words': 'label words ' }[field];
  const label = width >= 30 ? name : '> ';
  const now = (state.objectives ?? []).map((objective) => `${objective.name}=${objective.weight}`).join(' ');
  const weightsHint = `  now ${now || 'one objective'}`;
  const wanted = {
    prompt: '  Enter scores it, Esc cancels',
    weights: weightsHint,
    format: '  Enter takes json; ts, python, node …',
    'label-words': cutToWidth(safeLine`  now ${wordsNow(edited, state)}`, Math.floor(width / 2)),
  }[field];
  const hint = width >= 70 && widthOf(safeText(wanted)) <= width / 2 ? wanted : '';
  return [
    { text: safeText(label), style: 'title' },
    { text: tailOf(draft, width - label.length - hint.length - 1) },
    { text: safeText(' '), style: 'cursor' },
    { text: safeText(hint), style: 'dim' },
  ];
}

/** Of found words, which are dozens, the first few: all are in the view that Enter opens. */
const WORDS_SHOWN = 3;

/** `ham=list,spam=free|offer`, as they are typed; `ham=list|his|him…` where there are more. */
function wordsNow(prompt: PromptSummary | undefined, { start }: ScreenState): string {
  if (!prompt || !start) return '';
  return classifierOf(prompt, start)
    .words.map(({ label, words }) => {
      return `${label}=${words.slice(0, WORDS_SHOWN).join('|')}${words.length > WORDS_SHOWN ? '…' : ''}`;
    })
    .join(',');
}

/** The end of a text in at most `width` columns: what was typed last stays in view. */
function tailOf(text: string, width: number): ReturnType<typeof safeText> {
  const safe = safeText(text);
  if (width <= 1) return cutToWidth(safe, Math.max(0, width));
  let tail = safe as string;
  while (widthOf(tail) > width) tail = `…${tail.replace(/^…?./u, '')}`;
  return safeText(tail);
}
