import type { WordSet } from '../../classifier/classifier.js';
import { labelText } from '../../template/label-text.js';
import { parseTemplate } from '../../template/parse-template.js';
import type { Template } from '../../template/template.js';
import type { ExportedPrompt, LabelReading, ReadText } from '../contract/exported-prompt.js';
import { isMasked } from './rendered-parts.js';

/** All that turns log-probabilities of words into a label; empty for tasks without labels. */
export function labelReadings(prompt: ExportedPrompt): LabelReading[] {
  const { classifier } = prompt;
  const template = templateOf(prompt);
  return (classifier?.words ?? []).map(({ label, words, weights = words.map(() => 1) }, i) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      label,
      words: words.map((word) => labelText(template, word)),
      weights: weights.map((weight) => weight / total),
      offset: classifier?.offsets?.[i] ?? 0,
    };
  });
}

/** A prompt as those find it who have its data. */
export function readTextOf(prompt: ExportedPrompt): ReadText {
  const { rendered, classifier } = prompt;
  return classifier ? { rendered, readings: labelReadings(prompt) } : { rendered };
}

/** The words of readings as a template takes them, which puts the blank before them by itself. */
export function wordsFor(template: Template, readings: readonly LabelReading[]): WordSet[] {
  return readings.map(({ label, words, weights }) => {
    const given = words.map((word) => (labelText(template, word.slice(1)) === word ? word.slice(1) : word));
    return { label, words: given, weights };
  });
}

/** What a function that gives log-probabilities of words has to do where the run divided them by a label's length. */
export function lengthWarning({ normalise }: ExportedPrompt): string | undefined {
  return (
    normalise &&
    `the run divided a word's log-probability by its ${normalise}s; the function given to classify has to do the same`
  );
}

/** Of each label's words, those by which a generated answer means it: no other label gives them more weight. */
export function writtenWords(readings: readonly LabelReading[]): string[][] {
  const weightOf = ({ words, weights }: LabelReading, word: string): number => weights[words.indexOf(word)] ?? 0;
  return readings.map((own) =>
    own.words.filter((word) => readings.every((other) => weightOf(other, word) <= weightOf(own, word))),
  );
}

/** The word of each label as the language model writes it after the text, blanks included. */
export function answerTexts(prompt: ExportedPrompt): string[] {
  const template = templateOf(prompt);
  return prompt.labels.map(({ word }) => labelText(template, word));
}

function templateOf(prompt: ExportedPrompt): Template {
  return parseTemplate(prompt.template, { family: isMasked(prompt) ? 'masked' : 'causal' });
}
