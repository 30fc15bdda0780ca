import type { ExportedPrompt } from '../exported-prompt.js';
import { isMasked } from './rendered-parts.js';

/** How a label is read from the language model's answer. */
export interface LabelReading {
  readonly label: string;
  /** Its words as the language model writes them after the text, blanks included. */
  readonly words: readonly string[];
  /** How much each word counts, [words]; they sum to 1. */
  readonly weights: readonly number[];
  /** What is subtracted from the label's score. */
  readonly offset: number;
}

/** All that turns log-probabilities of words into a label; empty for tasks without labels. */
export function labelReadings(prompt: ExportedPrompt): LabelReading[] {
  const { classifier } = prompt;
  const blank = isSpaced(prompt) ? ' ' : '';
  return (classifier?.words ?? []).map(({ label, words, weights = words.map(() => 1) }, i) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      label,
      words: words.map((word) => blank + word),
      weights: weights.map((weight) => weight / total),
      offset: classifier?.offsets?.[i] ?? 0,
    };
  });
}

/** A word follows a text after a space; it fills a mask after one where the template has one there. */
function isSpaced(prompt: ExportedPrompt): boolean {
  if (!isMasked(prompt)) return true;
  const at = prompt.rendered.findIndex((part) => typeof part === 'object' && part.slot === 'mask');
  const before = prompt.rendered[at - 1];
  return typeof before === 'string' && /\s$/.test(before);
}
