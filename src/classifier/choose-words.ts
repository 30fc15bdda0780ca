import { mean } from '../statistics/mean.js';
import type { WordSet, WordSource } from './classifier.js';
import { bestWords, findWords, setScores, type WordTable, wordStatistics } from './find-words.js';

/** The set sizes that `auto` chooses among. */
export const WORD_COUNTS = [1, 5, 20, 100] as const;
const FOLDS = 4;

/** A choice of words and how well it does on train rows that it was not found on. */
export interface WordChoice {
  readonly source: WordSource;
  /** Words found per label; 0 where none. */
  readonly count: number;
  /** Of words given and found: whether the given ones count as much as the found ones together, or each as one word. */
  readonly halved?: boolean;
  readonly words: readonly WordSet[];
  /** Cross-validated share of right answers. */
  readonly accuracy: number;
  /** Cross-validated mean of the right label's score less its best rival's, over the scores' spread. */
  readonly margin: number;
  /** Cross-validated share of right answers behind each prompt, [prompts]. */
  readonly byPrompt: readonly number[];
}

export interface WordRequest {
  /** How many prompts the rows stand behind. */
  readonly promptCount: number;
  /** Likely answers to the train rows, centred by prompt. */
  readonly found: WordTable;
  /** The task's own words on the same rows, and which of them are a label's. */
  readonly given: { readonly table: WordTable; readonly sets: readonly WordSet[] };
  readonly sources: readonly WordSource[];
  readonly counts: readonly number[];
}

/**
 * Every choice of words, best first by cross-validation over the train rows: words are found without the rows they are
 * judged on. Words that do well behind several prompts are fewer accidents than those that do behind one.
 */
export function rankWords(request: WordRequest): WordChoice[] {
  const { sources, counts } = request;
  const wanted = sources.flatMap((source): Wanted[] => {
    if (source === 'given') return [{ source, count: 0 }];
    const each = counts.map((count) => ({ source, count }));
    return source === 'found' ? each : [...each, ...each.map((one) => ({ ...one, halved: true }))];
  });
  return wanted
    .map((one) => ({ ...one, words: wordsOf(request, one), ...crossValidate(request, one) }))
    .filter(({ words }) => words.every((own) => own.words.length > 0))
    .sort((a, b) => b.accuracy - a.accuracy || b.margin - a.margin);
}

type Wanted = Pick<WordChoice, 'source' | 'count' | 'halved'>;

function wordsOf({ found, given }: WordRequest, { source, count, halved }: Wanted): WordSet[] {
  if (source === 'given') return [...given.sets];
  const own = findWords(
    found,
    given.sets.map(({ label }) => label),
    count,
  );
  return source === 'found' ? own : joined(given.sets, own, halved ?? false);
}

/** A word that was given for one label is never found for another. */
function joined(given: readonly WordSet[], found: readonly WordSet[], halved: boolean): WordSet[] {
  const taken = new Set(given.flatMap(({ words }) => words));
  return given.map(({ label, words }, i) => {
    const more = found[i]!.words.filter((word) => !taken.has(word));
    const weight = halved && more.length > 0 ? more.length / words.length : 1;
    const weights = [...words.map(() => weight), ...more.map(() => 1)];
    return { label, words: [...words, ...more], ...(halved ? { weights } : {}) };
  });
}

function crossValidate(request: WordRequest, wanted: Wanted): Pick<WordChoice, 'accuracy' | 'margin' | 'byPrompt'> {
  const { given, promptCount } = request;
  const { labels } = given.table;
  const count = labels.length / promptCount;
  const folds = foldsOf(labels.slice(0, count), given.sets.length);
  const foldOf = (row: number): number => folds[row % count]!;
  const margins = new Float64Array(labels.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = [...labels.keys()];
    const scores = foldScores(
      request,
      wanted,
      rows.filter((row) => foldOf(row) !== fold),
    );
    for (const row of rows.filter((own) => foldOf(own) === fold)) {
      const label = labels[row]!;
      const rival = Math.max(...scores[row]!.filter((_, k) => k !== label));
      margins[row] = scores[row]![label]! - rival;
    }
  }
  const spread = Math.sqrt(mean(margins.map((margin) => margin * margin))) || 1;
  const right = margins.map((margin) => Number(margin > 0));
  return {
    accuracy: mean(right),
    margin: mean(margins) / spread,
    byPrompt: Array.from({ length: promptCount }, (_, i) => mean(right.subarray(i * count, (i + 1) * count))),
  };
}

/** Scores of all rows by words found on `rows` only; offsets need no labels, so they are of all rows. */
function foldScores({ found, given }: WordRequest, { source, count, halved }: Wanted, rows: number[]): number[][] {
  const givenSets = setsOf(given.table, given.sets);
  if (source === 'given') return setScores(given.table, givenSets);
  const sets = bestWords(wordStatistics(found, given.sets.length, rows), count);
  const byFound = setScores(found, sets);
  if (source === 'found') return byFound;
  const byGiven = centred(setScores(given.table, givenSets));
  return centred(byFound).map((row, i) =>
    row.map((score, label) => {
      const more = sets[label]!.length;
      const own = halved ? more : givenSets[label]!.length;
      return (own * byGiven[i]![label]! + more * score) / (own + more);
    }),
  );
}

function setsOf({ words }: WordTable, sets: readonly WordSet[]): number[][] {
  return sets.map(({ words: own }) => own.map((word) => words.indexOf(word)));
}

/** Rows of each label go round the folds in turn. */
function foldsOf(labels: readonly number[], labelCount: number): number[] {
  const seen = new Array<number>(labelCount).fill(0);
  return labels.map((label) => {
    const fold = seen[label]! % FOLDS;
    seen[label]! += 1;
    return fold;
  });
}

/** Scores may be off by the same number for all labels of a row, where logits stand for log-probabilities. */
function centred(scores: readonly (readonly number[])[]): number[][] {
  return scores.map((row) => {
    const mean = row.reduce((sum, score) => sum + score, 0) / row.length;
    return row.map((score) => score - mean);
  });
}
