import type { JudgedText } from './judge-questions.js';

/** A text to judge; those with the same `place` are made for the same purpose and can be compared. */
export interface JudgedItem extends JudgedText {
  readonly place: string;
}

/** One way of judging: a number a text, within `range`, larger is better. */
export interface JudgeMethod {
  readonly range: readonly [min: number, max: number];
  /** What a text is worth that the judge has no answer on. */
  readonly neutral: number;
  judge(items: readonly JudgedItem[], signal?: AbortSignal): Promise<number[]>;
  /** Numbers of the last call and counts since the run's start, by name. */
  metrics(): Readonly<Record<string, number>>;
  save(): unknown;
  restore(saved: unknown): void;
}
