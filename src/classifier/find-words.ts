import type { WordSet } from './classifier.js';
import { labelOffsets } from './label-offsets.js';

/** Log-probabilities of words as answers to labelled rows, with one prompt or with several, prompt by prompt. */
export interface WordTable {
  readonly words: readonly string[];
  /** [rows, words] row-major. */
  readonly logProbs: ArrayLike<number>;
  /** Index of each row's label, [rows]. */
  readonly labels: readonly number[];
}

/**
 * The table with each word's mean over the rows of a prompt subtracted: what is left of a log-probability is what the
 * input has to say, so that rows with different prompts can be compared.
 * @param count prompts, each with as many rows as the others, in the same order
 */
export function centredByPrompt(table: WordTable, count: number): WordTable {
  const { words, labels } = table;
  const width = words.length;
  const rows = labels.length / count;
  const logProbs = Float32Array.from(table.logProbs);
  for (let prompt = 0; prompt < count; prompt++) {
    const means = new Float64Array(width);
    const own = logProbs.subarray(prompt * rows * width, (prompt + 1) * rows * width);
    own.forEach((value, i) => {
      means[i % width]! += value / rows;
    });
    own.forEach((value, i) => {
      own[i] = value - means[i % width]!;
    });
  }
  return { words, logProbs, labels };
}

/** Keeps a word whose log-probability hardly varies from having a huge statistic by chance, nats. */
const LEAST_SPREAD = 0.3;

/**
 * How much likelier each word is after the rows of a label than after the others: the difference of means over the
 * pooled standard deviation. [labels][words]
 */
export function wordStatistics(
  { words, logProbs, labels }: WordTable,
  labelCount: number,
  rows = [...labels.keys()],
): number[][] {
  const width = words.length;
  const counts = new Array<number>(labelCount).fill(0);
  const sums = Array.from({ length: labelCount }, () => new Float64Array(width));
  for (const row of rows) {
    const label = labels[row]!;
    counts[label]! += 1;
    for (let word = 0; word < width; word++) sums[label]![word]! += logProbs[row * width + word]!;
  }
  const means = sums.map((sum, label) => sum.map((value) => value / Math.max(1, counts[label]!)));
  const squares = new Float64Array(width);
  for (const row of rows) {
    const mean = means[labels[row]!]!;
    for (let word = 0; word < width; word++) squares[word]! += (logProbs[row * width + word]! - mean[word]!) ** 2;
  }
  const freedom = Math.max(1, rows.length - labelCount);
  return means.map((own, label) =>
    Array.from(own, (mean, word) => {
      const others = means.reduce((sum, other, k) => (k === label ? sum : sum + other[word]!), 0) / (labelCount - 1);
      return (mean - others) / (Math.sqrt(squares[word]! / freedom) + LEAST_SPREAD);
    }),
  );
}

/** The `count` words of each label with the largest statistic; a word belongs to the label it speaks for most. */
export function bestWords(statistics: readonly (readonly number[])[], count: number): number[][] {
  const owner = (word: number): number =>
    statistics.reduce((best, own, label) => (own[word]! > statistics[best]![word]! ? label : best), 0);
  const owners = statistics[0]!.map((_, word) => owner(word));
  return statistics.map((own, label) =>
    [...own.keys()]
      .filter((word) => owners[word] === label)
      .sort((a, b) => own[b]! - own[a]! || a - b)
      .slice(0, count),
  );
}

/** Words found on all rows, [labels]. */
export function findWords(
  table: WordTable,
  labels: readonly string[],
  count: number,
  statistics = wordStatistics(table, labels.length),
): WordSet[] {
  const found = bestWords(statistics, count);
  return found.map((own, label) => ({ label: labels[label]!, words: own.map((word) => table.words[word]!) }));
}

/**
 * Mean log-probability of each label's words, less its mean over all rows: [rows][labels].
 * @param weights how much each word counts, [labels][words]; all alike where missing
 */
export function setScores(
  { words, logProbs, labels }: WordTable,
  sets: readonly (readonly number[])[],
  weights: readonly (readonly number[])[] = sets.map((own) => own.map(() => 1)),
): number[][] {
  const totals = weights.map((own) => own.reduce((sum, weight) => sum + weight, 0));
  const scores = labels.map((_, row) =>
    sets.map((own, label) => {
      const weightOf = weights[label]!;
      return (
        own.reduce((sum, word, i) => sum + weightOf[i]! * logProbs[row * words.length + word]!, 0) / totals[label]!
      );
    }),
  );
  const offsets = labelOffsets(scores, sets.length);
  return scores.map((row) => row.map((score, label) => score - offsets[label]!));
}
