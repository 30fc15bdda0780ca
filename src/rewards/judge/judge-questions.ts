import type { TaskKind } from '../../task/types.js';

/** What is judged, and what it was made from. */
export interface JudgedText {
  readonly text: string;
  /** The text that was rewritten; undefined where prompts themselves are judged. */
  readonly input?: string | undefined;
  /** The style that was wanted. */
  readonly style?: string | undefined;
}

/** What to look for where the user does not say it. */
const DEFAULT_RUBRICS = {
  rewriting: 'A good rewriting says what the text says, in the wanted style and in correct language.',
  prompt: 'A good prompt is a clear, fluent phrase that a reader understands and that fits the task.',
} as const;

export type JudgedKind = keyof typeof DEFAULT_RUBRICS;

/** Style transfer is judged by what the target LM writes, other tasks by the prompt's own text. */
export function judgedKind(kind: TaskKind): JudgedKind {
  return kind === 'style-transfer' ? 'rewriting' : 'prompt';
}

export function defaultRubric(kind: JudgedKind): string {
  return DEFAULT_RUBRICS[kind];
}

/** The answers to `pairQuestion` and `scoreQuestion`. */
export const PAIR_WORDS = ['1', '2'] as const;
export const SCORE_WORDS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] as const;

/** What every question of a run begins with. */
export interface QuestionFrame {
  readonly kind: JudgedKind;
  readonly rubric: string;
}

/** Which of two texts made for the same purpose is better: preamble, sample, question (RLAIF, section 2.1). */
export function pairQuestion(frame: QuestionFrame, first: JudgedText, second: JudgedText): string {
  const name = nameOf(frame.kind);
  return [
    ...preamble(frame, first),
    `${name} 1: ${quoted(first.text)}`,
    `${name} 2: ${quoted(second.text)}`,
    `Which ${frame.kind} is better, 1 or 2? Answer with the number alone.`,
  ].join('\n');
}

/** How good a text is, from 1 to 10 (RLAIF, section 2.2.3). */
export function scoreQuestion(frame: QuestionFrame, judged: JudgedText): string {
  return [
    ...preamble(frame, judged),
    `${nameOf(frame.kind)}: ${quoted(judged.text)}`,
    `How good is the ${frame.kind}, from 1 (worst) to 10 (best)? Answer with the number alone.`,
  ].join('\n');
}

function preamble({ rubric }: QuestionFrame, { input, style }: JudgedText): string[] {
  return [
    rubric,
    ...(input === undefined ? [] : [`Text: ${quoted(input)}`]),
    ...(style === undefined ? [] : [`Wanted style: ${style}`]),
  ];
}

function nameOf(kind: JudgedKind): string {
  return kind === 'rewriting' ? 'Rewriting' : 'Prompt';
}

/** On one line, so that no text can pass for a part of the question. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
