import type { ReactNode } from 'react';
import { type Span, wantsColour } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import type { OutputStream } from '../../quiet-writer.js';
import { completeOrder, pressRatingKey, type RatingState, startRating } from '../../rating-state.js';
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
  const board = (): ReactNode => {
    const set = sets[index];
    return (
      <CanvasContext.Provider value={{ width: stderr.columns ?? 80, colour: wantsColour(stderr, env) }}>
        <Keys active={stdin.isTTY === true} onInput={onInput} onReady={() => {}} />
        {set && <Lines lines={ratingLines(set, state, { index, count: sets.length })} />}
      </CanvasContext.Provider>
    );
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
  await ink.waitUntilExit();
  if (failure !== undefined) throw failure;
  return ranked.size;
}

/** What the screen shows of one set. */
export function ratingLines(
  { context, items }: RatingSetView,
  state: RatingState,
  { index, count }: { index: number; count: number },
): Span[][] {
  const placeOf = (position: number): number => state.order.findIndex((group) => group.includes(position));
  const texts = items.map((item, position): Span[] => {
    const place = placeOf(position);
    const mark = place < 0 ? safeLine`     ` : safeLine`${`${place + 1}.`.padStart(4)} `;
    return [
      { text: mark, style: place < 0 ? 'dim' : 'good' },
      { text: safeLine`[${position + 1}] `, style: 'strong' },
      { text: safeText(item), style: 'plain' },
    ];
  });
  const keys =
    state.mode === 'note'
      ? safeLine`note: ${state.note}▏  Enter ends the note`
      : completeOrder(state)
        ? safeLine`Enter confirms · u undo · n note · s skip · q quit`
        : safeLine`1-${items.length} the ${state.order.length === 0 ? 'best' : 'next best'} · = ${state.isTie ? 'tied with the last (= again: not)' : 'tie'} · u undo · n note · s skip · q quit`;
  return [
    [{ text: safeLine`Set ${index + 1} of ${count}. Rank the texts, the best first.`, style: 'strong' }],
    ...(context === '' ? [] : [[{ text: safeText(context), style: 'dim' } satisfies Span]]),
    [],
    ...texts,
    [],
    [{ text: keys, style: 'dim' }],
  ];
}
