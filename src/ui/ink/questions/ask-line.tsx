import type { ReactNode } from 'react';
import { type Span, wantsColour } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import type { OutputStream } from '../../quiet-writer.js';
import { charactersOf, editDraft } from '../input/draft.js';
import { Keys } from '../input/keys.js';
import { CanvasContext, Line } from '../parts/line.js';
import { renderQuestion } from './render-question.js';

export interface AskOptions {
  readonly question: string;
  /** The answer of a bare Enter. */
  readonly fallback: string;
  readonly stderr: OutputStream;
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Asks for one line in the terminal, where question and answer stay. @returns undefined after Ctrl-C, Ctrl-D or Esc */
export async function askLine({ question, fallback, stderr, stdin, env }: AskOptions): Promise<string | undefined> {
  let draft = '';
  let answer: string | undefined;
  let isOver = false;
  // Ink turns raw mode on after its first frame: were the question in it, the terminal would echo an early answer.
  let keysAreRead = false;
  const line = (): ReactNode => (
    <CanvasContext.Provider value={{ width: stderr.columns ?? 80, colour: wantsColour(stderr, env) }}>
      <Keys active={stdin.isTTY === true} onInput={onInput} onReady={onReady} />
      {keysAreRead && <Line spans={questionLine({ question, fallback, draft, isOver })} />}
    </CanvasContext.Provider>
  );
  const onInput = (input: string): void => {
    for (const character of charactersOf(input.replaceAll('\n', '\r'))) {
      if (isOver) return;
      if (character === '\r') answer = draft.trim() || fallback;
      isOver = character === '\r' || CANCELS.has(character);
      if (!isOver) draft = editDraft(draft, character);
    }
    if (answer !== undefined) draft = answer;
    ink.rerender(line());
    if (isOver) ink.unmount();
  };
  const onReady = (): void => {
    keysAreRead = true;
    // Within the first render there is nothing to draw again yet.
    queueMicrotask(() => ink.rerender(line()));
  };
  const ink = renderQuestion(line(), { stderr, stdin });
  await ink.waitUntilExit();
  return answer;
}

/** Ctrl-C, Ctrl-D and Esc. */
const CANCELS: ReadonlySet<string> = new Set(['\u0003', '\u0004', '\u001B']);

interface QuestionState extends Pick<AskOptions, 'question' | 'fallback'> {
  readonly draft: string;
  readonly isOver: boolean;
}

/** The question, and after it what is typed, or the answer that Enter gives. */
export function questionLine({ question, fallback, draft, isOver }: QuestionState): Span[] {
  return [
    { text: safeLine`${question}: `, style: 'strong' },
    { text: safeText(draft), style: isOver ? 'good' : 'plain' },
    ...(isOver ? [] : [{ text: safeText(' '), style: 'cursor' } satisfies Span]),
    ...(isOver || draft !== '' ? [] : [{ text: safeLine`${fallback}  (Enter)`, style: 'dim' } satisfies Span]),
  ];
}
