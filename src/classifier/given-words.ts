import type { WordSet } from './classifier.js';

interface GivenLabel {
  readonly name: string;
  readonly word: string;
  /** All its words, where there are several; the first is `word`. */
  readonly words?: readonly string[] | undefined;
}

/** The words of a verbalizer's value: `great|good|wonderful` are three. */
export function splitWords(value: string): string[] {
  return value.split('|').map((word) => word.trim());
}

/** The word sets that a task gives. */
export function givenWords(labels: readonly GivenLabel[]): WordSet[] {
  return labels.map(({ name, word, words }) => ({ label: name, words: words ?? [word] }));
}

/** What is wrong with a verbalizer that no language model could use; empty where nothing is. */
export function verbalizerProblems(verbalizer: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  for (const [label, value] of Object.entries(verbalizer)) {
    // Its strokes would be read as marks between words.
    const special = /<\|[^<>|]*\|>/.exec(value)?.[0];
    if (special !== undefined) problems.push(`verbalizer: the label ${label} has the special token ${special}`);
    for (const word of splitWords(value)) {
      const other = owners.get(word);
      if (word === '') problems.push(`verbalizer: the label ${label} has an empty word in "${value}"`);
      else if (other === label) problems.push(`verbalizer: ${label} has the word "${word}" twice`);
      else if (other !== undefined) problems.push(`verbalizer: ${other} and ${label} have the same word "${word}"`);
      owners.set(word, label);
    }
  }
  const count = Object.keys(verbalizer).length;
  if (count < 2 && problems.length === 0) problems.push('verbalizer: two labels are needed');
  return problems;
}
