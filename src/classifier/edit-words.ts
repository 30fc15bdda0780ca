import { RlpromptError } from '../errors.js';
import type { WordSet } from './classifier.js';
import { splitWords, verbalizerProblems } from './given-words.js';

/** What a person changes in the words that labels are read by. */
export interface WordEdits {
  /** Words in place of a label's own, as a verbalizer gives them: `good|great`. Labels not named keep theirs, unless the words are weighed. */
  readonly words?: Readonly<Record<string, string>> | undefined;
  /** Words that no label is read by any more. */
  readonly without?: readonly string[] | undefined;
}

/**
 * The word sets with a person's changes. Words that stay keep their weights.
 * @throws RlpromptError E_WORD_EDIT for labels or words that are not there, and where a label is left without words
 */
export function editWords(sets: readonly WordSet[], { words, without = [] }: WordEdits): WordSet[] {
  const replaced = words ? replacedWords(sets, words) : sets;
  const known = new Set(replaced.flatMap((set) => set.words));
  const missing = without.find((word) => !known.has(word));
  if (missing !== undefined) {
    throw refusal(`no label has the word "${missing}"`, '--without-words', `the words are ${[...known].join(', ')}`);
  }
  return replaced.map(({ label, words: own, weights }) => {
    const kept = [...own.keys()].filter((place) => !without.includes(own[place] ?? ''));
    if (kept.length === 0)
      throw refusal(`the label ${label} would have no word left`, '--without-words', 'leave each label a word');
    return {
      label,
      words: kept.map((place) => own[place] ?? ''),
      ...(weights ? { weights: kept.map((place) => weights[place] ?? 0) } : {}),
    };
  });
}

function replacedWords(sets: readonly WordSet[], words: Readonly<Record<string, string>>): WordSet[] {
  const labels = sets.map(({ label }) => label);
  const all = Object.fromEntries(sets.map(({ label, words: own }) => [label, words[label] ?? own.join('|')]));
  // The weights of one label's words mean something beside those of the others only.
  const missing = sets.some(({ weights }) => weights) ? labels.filter((label) => !(label in words)) : [];
  const [problem] = [
    ...Object.keys(words).flatMap((label) =>
      labels.includes(label) ? [] : [`there is no label ${label}, only ${labels.join(', ')}`],
    ),
    ...missing.map((label) => `words that are weighed change together, and the label ${label} has none`),
    ...verbalizerProblems(all),
  ];
  const allWords = `--words "${labels.map((label) => `${label}=word|word`).join(',')}"`;
  if (problem !== undefined) throw refusal(problem.replace(/^verbalizer: /, ''), '--words', allWords);
  return sets.map((set) => {
    const own = words[set.label];
    return own === undefined ? set : { label: set.label, words: splitWords(own) };
  });
}

function refusal(message: string, where: string, next: string): RlpromptError {
  return new RlpromptError({
    code: 'E_WORD_EDIT',
    exit: 'usage',
    message,
    where,
    next,
  });
}
