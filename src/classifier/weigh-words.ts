import { mean } from '../statistics/mean.js';
import { solveSymmetric } from '../statistics/solve-symmetric.js';
import type { WordSet } from './classifier.js';
import type { WordTable } from './find-words.js';

/** What words are weighed for, and on what. */
export interface WeighRequest {
  readonly labelCount: number;
  /** Strength of the ridge, in mean squared lengths of a row. */
  readonly ridge: number;
  /** Rows of the table to learn from; all where missing. */
  readonly rows?: readonly number[];
}

/**
 * How much each of some words says for each label: ridge regression of the labels on the words' log-probabilities. Where
 * several labels share what the model says, words of one label also speak against another, which a mean over a label's
 * own words cannot express.
 * @param table centred by prompt
 * @param columns of the words
 * @returns [labels][columns]: none below 0, and every label's sum to the same, so that the weighted mean of
 *   log-probabilities differs between labels as the regression says, whatever all words of a row have in common
 */
export async function weighWords(
  { words, logProbs, labels }: WordTable,
  columns: readonly number[],
  { labelCount, ridge, rows = [...labels.keys()] }: WeighRequest,
): Promise<number[][]> {
  const size = columns.length;
  const features = rows.map((row) => {
    const own = columns.map((column) => logProbs[row * words.length + column] ?? 0);
    const level = mean(own);
    return own.map((value) => value - level);
  });
  const gram = new Float64Array(size * size);
  for (const row of features) {
    row.forEach((value, i) => {
      for (let k = 0; k <= i; k++) gram[i * size + k]! += value * row[k]!;
    });
  }
  const lengths = mean(features.map((row) => row.reduce((sum, value) => sum + value * value, 0)));
  for (let i = 0; i < size; i++) gram[i * size + i]! += ridge * (lengths || 1);
  const own = Array.from({ length: labelCount }, (_, label) => rows.map((row) => Number(labels[row] === label)));
  const products = own.map((is) => {
    const share = mean(is);
    return columns.map((_, i) => features.reduce((sum, row, k) => sum + row[i]! * (is[k]! - share), 0));
  });
  const solved = await solveSymmetric(gram, products);
  const weights = solved.map((row) => {
    const level = mean(row);
    return row.map((value) => value - level);
  });
  // What is added to a word's weight for all labels alike moves all scores alike.
  const least = columns.map((_, i) => Math.min(...weights.map((row) => row[i]!)));
  return weights.map((row) => row.map((value, i) => value - least[i]!));
}

/** The words of every label with a weight for it, those that speak most for it first. */
export function weightedSets(
  words: readonly string[],
  weights: readonly (readonly number[])[],
  labels: readonly string[],
): WordSet[] {
  return labels.map((label, k) => {
    const own = weights[k]!;
    const order = [...words.keys()].filter((i) => own[i]! > 0).sort((a, b) => own[b]! - own[a]! || a - b);
    return { label, words: order.map((i) => words[i]!), weights: order.map((i) => own[i]!) };
  });
}
