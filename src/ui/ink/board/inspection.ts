import type { PromptInspection, PromptSummary } from '../../../events.js';
import { countOf } from '../../../group-digits.js';
import type { Span, Style } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import { cutToWidth, widthOf } from '../../draw/text-width.js';
import { wrapText } from '../../draw/wrap-text.js';
import { formatScore } from '../../format-values.js';
import { orderOf } from '../../order-text.js';
import { describeScores, namePrompt } from '../../run-log.js';
import { metricOf, type ScreenState } from '../../screen-state.js';
import type { BoardProps, InspectedPrompt } from './board-props.js';

interface Room {
  readonly height: number;
  readonly width: number;
}

const INDENT = 2;

/** All that is known of a prompt, in `height` lines from the one that the arrows have come to. */
export function inspectionLines(
  { prompt, inspection }: InspectedPrompt,
  { state, keyboard, height, width }: Pick<BoardProps, 'state' | 'keyboard'> & Room,
): Span[][] {
  const title = canEdit(state)
    ? 'Arrows scroll, l edits label words, any other key returns.'
    : 'Arrows scroll, any other key returns.';
  const lines = inspectionText({ prompt, inspection }, state, width);
  const room = Math.max(0, height - 1);
  const from = Math.min(keyboard.scrolled, Math.max(0, lines.length - room));
  return [[{ text: safeText(title), style: 'strong' as const }], ...lines.slice(from, from + room)].slice(0, height);
}

/** The same without a limit of lines. */
export function inspectionText({ prompt, inspection }: InspectedPrompt, state: ScreenState, width: number): Span[][] {
  const metric = metricOf(state);
  const order = orderOf(prompt, state);
  return [
    ...block('prompt', namePrompt(prompt), width, 'strong'),
    ...block('scores', `${describeScores(prompt, metric)}, reward ${formatScore(prompt.reward)}`, width),
    ...(order === undefined ? [] : block('ordered by', order, width)),
    ...block(
      'found',
      `after step ${prompt.step} (${prompt.origin}), ${countOf(prompt.tokenIds.length, 'token')}`,
      width,
    ),
    ...readingLines(prompt, width),
    ...rowLines(inspection, width),
  ];
}

function canEdit({ phase, start }: ScreenState): boolean {
  return phase === 'training' && (start?.labels.length ?? 0) > 0;
}

function readingLines({ reading, refit, wordsEdited }: PromptSummary, width: number): Span[][] {
  if (!reading) return [];
  const words = reading.words.map(({ label, words: own }) => `${label}: ${own.join(', ')}`).join(' · ');
  const { length } = reading.demonstrations;
  const found = wordsEdited ? '; edited' : refit ? '; found once more on train and dev rows' : '';
  return block('read by', `${words}${length > 0 ? `; after ${length} demonstrations` : ''}${found}`, width);
}

function rowLines(inspection: InspectedPrompt['inspection'], width: number): Span[][] {
  if (inspection === 'asked') return block('rows', 'shown when the step under way has ended', width, 'dim');
  if (inspection === 'unknown') return [];
  return [...classLines(inspection, width), ...hardestLines(inspection, width), ...renderedLines(inspection, width)];
}

function classLines({ perClass, split }: PromptInspection, width: number): Span[][] {
  if (perClass.length === 0) return [];
  const classes = perClass.map(({ label, n, accuracy }) => `${label} ${formatScore(accuracy)} of ${n}`);
  return block(`accuracy by label on ${split}`, classes.join(' · '), width);
}

function hardestLines({ hardest, split }: PromptInspection, width: number): Span[][] {
  if (hardest.length === 0) return [];
  const rows = hardest.map(({ text, label, predicted, probability }): Span[] => [
    { text: safeLine`  p(${label}) ${formatScore(probability)} `, style: label === predicted ? 'warn' : 'bad' },
    { text: safeText(label === predicted ? 'correct' : `predicted ${predicted}`), style: 'dim' },
    { text: safeLine`  ${text}` },
  ]);
  return [
    [{ text: safeText(`hardest rows of ${split}`), style: 'dim' }],
    ...rows.map((spans) => cutSpans(spans, width)),
  ];
}

function renderedLines({ rendered }: PromptInspection, width: number): Span[][] {
  const lines = rendered.split('\n').flatMap((line) => wrapText(line, Math.max(1, width - INDENT)));
  const title: Span[] = [{ text: safeText('what the target LM reads'), style: 'dim' }];
  return [title, ...lines.map((line): Span[] => [{ text: safeLine`  ${line}` }])];
}

function block(name: string, text: string, width: number, style: Style = 'plain'): Span[][] {
  const indent = name.length + INDENT;
  const parts = wrapText(text, Math.max(1, width - indent));
  return parts.map((part, i): Span[] => [
    { text: safeText((i === 0 ? name : '').padEnd(indent)), style: 'dim' },
    { text: safeText(part), style },
  ]);
}

/** The last span is cut where the line would be too wide. */
function cutSpans(spans: readonly Span[], width: number): Span[] {
  let room = width;
  return spans.map((span) => {
    const text = cutToWidth(span.text, Math.max(0, room));
    room -= widthOf(text);
    return { ...span, text };
  });
}
