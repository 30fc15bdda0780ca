/** What is subtracted from a prompt's label scores: nothing, or their mean over the train inputs, an empty input, the rows scored. */
export type Calibration = 'none' | 'inputs' | 'content-free' | 'batch';

/** Where label words come from: the task, the target LM's likely answers, or whichever of both does better on train. */
export type WordSource = 'given' | 'found' | 'both';

/** The words that a label is read by. */
export interface WordSet {
  /** The label's name in the task. */
  readonly label: string;
  readonly words: readonly string[];
  /** How much each word counts, [words]; all alike where missing. */
  readonly weights?: readonly number[];
}

/** A labelled example that stands before the input. */
export interface Demonstration {
  readonly text: string;
  /** The label's name in the task. */
  readonly label: string;
  /** The word that stands after the text. */
  readonly word: string;
}

/** How the target LM's answer is read: everything of a classifier that is not its prompt. */
export interface Reading {
  /** One set per label, in the task's order. */
  readonly words: readonly WordSet[];
  readonly demonstrations: readonly Demonstration[];
  /** Other demonstrations, for scoring the rows that are among the first: no row is read after its own answer. */
  readonly standIns?: readonly Demonstration[];
}

/**
 * All that turns an input into a label. The score of a label is the weighted mean of log p(word) over its words, minus
 * its offset; the label with the largest score is the answer.
 */
export interface Classifier extends Omit<Reading, 'standIns'> {
  readonly prompt: string;
  /** With the slots `{input}`, `{prompt}` and, for masked language models, `{mask}`; without the demonstrations. */
  readonly template: string;
  /** What to subtract from the label scores, [labels]; missing where the run was not calibrated. */
  readonly offsets?: readonly number[];
}
