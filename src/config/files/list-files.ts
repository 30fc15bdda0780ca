import { readPhrases } from './phrase-file.js';
import { readRubric } from './rubric-file.js';
import { readLines, readWords } from './text-or-file.js';

/** Settings that are lists and may be given as the path of a file that holds one: what a run keeps is the list. */
export const LIST_FILES = {
  actions: { read: readPhrases, expected: 'a file of phrases' },
  ptx: { read: readPhrases, expected: 'a file of texts' },
  rubric: { read: readRubric, expected: 'a text file that says what to look for' },
  context: { read: readLines, expected: 'a text, or a text file' },
  forbid: { read: readWords, expected: 'words between commas, or a file of them' },
} as const;

export type ListFileKey = keyof typeof LIST_FILES;
