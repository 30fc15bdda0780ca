import { setImmediate } from 'node:timers/promises';
import { mean } from '../statistics/mean.js';
import { relativeMargin } from '../statistics/relative-margin.js';
import { shareError } from '../statistics/share-error.js';
import type { WordSet, WordSource } from './classifier.js';
import { bestWords, findWords, setScores, type WordTable, wordStatistics } from './find-words.js';
import { weightedSets, weighWords } from './weigh-words.js';

/** The set sizes that `auto` chooses among. */
export const WORD_COUNTS = [1, 5, 20, 100] as const;
/** Most words that are weighed together: all labels are then read by the words of all. */
const MOST_WEIGHED = 600;
/** Strengths of the ridge: many labels are told apart by weights that differ much, two by weights that hardly do. */
const STRENGTHS = [0.1, 1, 10] as const;
/** The strength that is taken unless something else is clearly better. */
const usualStrength = (labelCount: number): number => (labelCount === 2 ? 10 : 1);
const FOLDS = 4;

/** A choice of words and how well it does on train rows that it was not found on. */
export interface WordChoice {
  readonly source: WordSource;
  /** Words found per label; 0 where none. */
  readonly count: number;
  /** Of words given and found: whether the given ones count as much as the found ones together, or each as one word. */
  readonly halved?: boolean;
  /** Every label is read by the found words of all labels, weighed by ridge regression of this strength. */
  readonly ridge?: number;
  readonly words: readonly WordSet[];
  /** Cross-validated share of right answers. */
  readonly accuracy: number;
  /** Cross-validated `relativeMargin`. */
  readonly margin: number;
  /** Cross-validated share of right answers with each prompt, [prompts]. */
  readonly byPrompt: readonly number[];
}

export interface WordRequest {
  /** How many prompts the rows are read with. */
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
 * judged on. Words that do well with several prompts are fewer accidents than those that do with one. Weights of the
 * usual strength come first unless another choice is a standard error better: over a few dozen rows the best of many
 * choices is often so by luck (docs/lab-notebook/log.md). Other work of the program gets its turn in between.
 */
export async function rankWords(request: WordRequest): Promise<WordChoice[]> {
  const { sources, counts, found, given } = request;
  const wanted = sources.flatMap((source): Wanted[] => {
    if (source === 'given') return [{ source, count: 0 }];
    const each = counts.map((count) => ({ source, count }));
    if (source === 'both') return [...each, ...each.map((one) => ({ ...one, halved: true }))];
    const weighed = counts.filter((count) => count > 1 && count * given.sets.length <= MOST_WEIGHED);
    if (weighed.length === 0) return each;
    return [...each, ...STRENGTHS.map((ridge) => ({ source, count: Math.max(...weighed), ridge }))];
  });
  const folds = foldsOf(request);
  const whole = findsWords(request) ? wordStatistics(found, given.sets.length) : [];
  const choices: WordChoice[] = [];
  for (const one of wanted) {
    choices.push({ ...one, words: await wordsOf(request, one, whole), ...(await crossValidate(request, one, folds)) });
  }
  const complete = choices.filter(({ words }) => words.every((own) => own.words.length > 0));
  const usual = complete.find(({ ridge }) => ridge === usualStrength(given.sets.length));
  const examples = given.table.labels.length / request.promptCount;
  const lead = usual ? shareError(usual.accuracy, examples) : 0;
  const worth = (choice: WordChoice): number => choice.accuracy + (choice === usual ? lead : 0);
  return complete.sort((a, b) => worth(b) - worth(a) || b.margin - a.margin);
}

/** Rows that are judged together, and what the other rows say of every word: the same for all choices of words. */
interface Fold {
  readonly held: readonly number[];
  readonly others: readonly number[];
  /** [labels][words] */
  readonly statistics: readonly (readonly number[])[];
}

type Wanted = Pick<WordChoice, 'source' | 'count' | 'halved' | 'ridge'>;

async function wordsOf(
  { found, given }: WordRequest,
  { source, count, halved, ridge }: Wanted,
  statistics: number[][],
): Promise<WordSet[]> {
  if (source === 'given') return [...given.sets];
  const labels = given.sets.map(({ label }) => label);
  if (ridge !== undefined) {
    const columns = bestWords(statistics, count).flat();
    const words = columns.map((column) => found.words[column]!);
    const weights = await weighWords(found, columns, { labelCount: labels.length, ridge });
    return weightedSets(words, weights, labels);
  }
  const own = findWords(found, labels, count, statistics);
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

async function crossValidate(
  request: WordRequest,
  wanted: Wanted,
  folds: readonly Fold[],
): Promise<Pick<WordChoice, 'accuracy' | 'margin' | 'byPrompt'>> {
  const { given, promptCount } = request;
  const { labels } = given.table;
  const count = labels.length / promptCount;
  const margins = new Float64Array(labels.length);
  for (const fold of folds) {
    await setImmediate();
    const scores = await foldScores(request, wanted, fold);
    for (const row of fold.held) {
      const label = labels[row]!;
      const rival = Math.max(...scores[row]!.filter((_, k) => k !== label));
      margins[row] = scores[row]![label]! - rival;
    }
  }
  const right = margins.map((margin) => Number(margin > 0));
  return {
    accuracy: mean(right),
    margin: relativeMargin(margins),
    byPrompt: Array.from({ length: promptCount }, (_, i) => mean(right.subarray(i * count, (i + 1) * count))),
  };
}

/** Scores of all rows by the words that a fold's other rows find; offsets need no labels, so they are of all rows. */
async function foldScores(
  { found, given }: WordRequest,
  { source, count, halved, ridge }: Wanted,
  { statistics, others }: Fold,
): Promise<number[][]> {
  const givenSets = setsOf(given.table, given.sets);
  if (source === 'given') return setScores(given.table, givenSets);
  const sets = bestWords(statistics, count);
  if (ridge !== undefined) {
    const columns = sets.flat();
    const weights = await weighWords(found, columns, { labelCount: sets.length, ridge, rows: others });
    return setScores(
      found,
      sets.map(() => columns),
      weights,
    );
  }
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

function findsWords({ sources }: WordRequest): boolean {
  return sources.some((source) => source !== 'given');
}

/** Rows of each label go round the folds in turn; an example is in the same fold with every prompt. */
function foldsOf(request: WordRequest): Fold[] {
  const { found, given, promptCount } = request;
  const { labels } = given.table;
  const count = labels.length / promptCount;
  const seen = new Array<number>(given.sets.length).fill(0);
  const ofExample = labels.slice(0, count).map((label) => seen[label]!++ % FOLDS);
  const rows = [...labels.keys()];
  const finds = findsWords(request);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const held = rows.filter((row) => ofExample[row % count] === fold);
    const others = rows.filter((row) => ofExample[row % count] !== fold);
    return { held, others, statistics: finds ? wordStatistics(found, given.sets.length, others) : [] };
  });
}

/** Scores may be off by the same number for all labels of a row, where logits stand for log-probabilities. */
function centred(scores: readonly (readonly number[])[]): number[][] {
  return scores.map((row) => {
    const level = mean(row);
    return row.map((score) => score - level);
  });
}
