import type { ReactNode } from 'react';
import { RlpromptError } from '../../../errors.js';
import { type Span, wantsColour } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import { cutToWidth } from '../../draw/text-width.js';
import { wrapText } from '../../draw/wrap-text.js';
import type { OutputStream } from '../../quiet-writer.js';
import { completeOrder, keptRankings, pressRatingKey, type RatingState, startRating } from '../../rating-state.js';
import { Keys } from '../input/keys.js';
import { CanvasContext, Lines } from '../parts/line.js';
import { renderQuestion } from './render-question.js';

export interface RatingSetView {
  readonly context: string;
  readonly items: readonly string[];
}

export interface RatingOptions {
  readonly sets: readonly RatingSetView[];
  readonly stderr: OutputStream;
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives each ranking when it is confirmed. */
  readonly onRanked: (set: RatingSetView, order: readonly (readonly number[])[], note: string) => void;
}

/** Shows the sets one after another until all are ranked or skipped, or the rater quits. @returns how many were ranked */
export async function rateInTerminal({ sets, stderr, stdin, env, onRanked }: RatingOptions): Promise<number> {
  let index = 0;
  let state = startRating(sets[0]?.items.length ?? 0);
  const ranked = new Set<number>();
  let failure: unknown;
  // Before raw mode, which Ink turns on after its first frame, the terminal would echo a key that the screen names.
  let keysAreRead = false;
  const board = (): ReactNode => {
    const set = sets[index];
    return (
      <CanvasContext.Provider value={{ width: roomOf(stderr).columns, colour: wantsColour(stderr, env) }}>
        <Keys active={stdin.isTTY === true} onInput={onInput} onReady={onReady} />
        {keysAreRead && set && <Lines lines={ratingLines(set, state, { index, count: sets.length }, roomOf(stderr))} />}
      </CanvasContext.Provider>
    );
  };
  const onReady = (): void => {
    keysAreRead = true;
    // Within the first render there is nothing to draw again yet.
    queueMicrotask(() => ink.rerender(board()));
  };
  const onInput = (input: string): void => {
    try {
      for (const key of input) press(key);
    } catch (error) {
      failure = error;
      ink.unmount();
    }
    ink.rerender(board());
  };
  const show = (next: number): void => {
    index = next;
    state = startRating(sets[index]?.items.length ?? 0);
    if (index >= sets.length) ink.unmount();
  };
  const press = (key: string): void => {
    const set = sets[index];
    if (!set) return;
    const pressed = pressRatingKey(state, key);
    state = pressed.state;
    const order = completeOrder(state);
    if (pressed.action === 'interrupt') throw stopped(ranked.size);
    if (pressed.action === 'quit') ink.unmount();
    else if (pressed.action === 'skip') show(index + 1);
    else if (pressed.action === 'back' && index > 0) show(index - 1);
    else if (pressed.action === 'confirm' && order) {
      onRanked(set, order, state.note);
      ranked.add(index);
      show(index + 1);
    }
  };
  const ink = renderQuestion(board(), { stderr, stdin });
  const onResize = (): void => {
    ink.rerender(board());
    ink.resized();
  };
  stderr.on('resize', onResize);
  await ink.waitUntilExit();
  stderr.off('resize', onResize);
  if (failure !== undefined) throw failure;
  return ranked.size;
}

interface Room {
  readonly columns: number;
  readonly rows: number;
}

function roomOf({ columns = 80, rows = 24 }: OutputStream): Room {
  return { columns, rows };
}

/** Columns before a text: its place and its key. */
const INDENT = 9;
/** Lines of a context that are shown at most. */
const CONTEXT_LINES = 4;

function stopped(ranked: number): RlpromptError {
  return new RlpromptError({
    code: 'E_INTERRUPTED',
    exit: 'interrupted',
    message: 'ranking was stopped',
    kept: keptRankings(ranked),
    next: 'the same command continues',
  });
}

/** What the screen shows of one set: texts in full as far as all of them fit. */
export function ratingLines(
  { context, items }: RatingSetView,
  state: RatingState,
  { index, count }: { index: number; count: number },
  { columns, rows }: Room,
): Span[][] {
  const placeOf = (position: number): number => state.order.findIndex((group) => group.includes(position));
  const contextLines = context === '' ? [] : wrapUpTo(CONTEXT_LINES, context, columns);
  const note = state.mode === 'rank' && state.note !== '' ? `note: ${state.note} · ` : '';
  const keyLines = wrapText(`${note}${keysText(items.length, state)}`, columns);
  // Title, two blank lines, and the line that the cursor is on.
  const room = rows - 4 - contextLines.length - keyLines.length;
  const most = Math.max(1, Math.floor(room / items.length));
  const texts = items.flatMap((item, position): Span[][] => {
    const place = placeOf(position);
    const mark = place < 0 ? safeLine`     ` : safeLine`${`${place + 1}.`.padStart(4)} `;
    const head: Span[] = [
      { text: mark, style: place < 0 ? 'dim' : 'good' },
      { text: safeLine`[${position + 1}] `, style: 'strong' },
    ];
    const indent: Span[] = [{ text: safeText(' '.repeat(INDENT)) }];
    return wrapUpTo(most, item, columns - INDENT).map((line, i) => [
      ...(i === 0 ? head : indent),
      { text: safeText(line), style: 'plain' },
    ]);
  });
  return [
    [{ text: safeLine`Set ${index + 1} of ${count}. Rank the texts, the best first.`, style: 'strong' }],
    ...contextLines.map((line): Span[] => [{ text: safeText(line), style: 'dim' }]),
    [],
    ...texts,
    [],
    ...keyLines.map((line): Span[] => [{ text: safeText(line), style: 'dim' }]),
  ];
}

function keysText(count: number, state: RatingState): string {
  if (state.mode === 'note') return `note: ${state.note}▏  Enter ends the note`;
  if (completeOrder(state)) return 'Enter confirms · u undo · n note · s skip · q quit';
  const best = state.order.length === 0 ? 'best' : 'next best';
  const tie = state.isTie ? 'tied with the last (= again: not)' : 'tie';
  return `1-${count} the ${best} · = ${tie} · u undo · n note · s skip · q quit`;
}

/** The last of at most `most` lines says by an ellipsis that there are more. */
function wrapUpTo(most: number, text: string, width: number): string[] {
  const lines = wrapText(text, Math.max(1, width));
  if (lines.length <= most) return lines;
  const last = cutToWidth(safeText(`${lines.slice(most - 1).join(' ')}`), Math.max(1, width));
  return [...lines.slice(0, most - 1), last];
}
