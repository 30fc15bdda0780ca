import type { ExportedPrompt } from '../contract/exported-prompt.js';

/**
 * The word of each label that a chat model is asked to write: what the demonstrations before the input show, or else the word that was
 * given. Words that a run found tell labels apart by their probabilities; nobody would write them out.
 */
export function answerWords({ labels, classifier }: ExportedPrompt): string[] {
  const shown = new Map(classifier?.demonstrations.map(({ label, word }) => [label, word.trim()]));
  return labels.map(({ name, word }) => shown.get(name) ?? word.trim());
}
