import { dot } from '../statistics/dot.js';
import { mean } from '../statistics/mean.js';

/** Token vectors of a text: [tokens, size] row-major. */
export interface TokenVectors {
  readonly vectors: Float32Array;
  readonly size: number;
}

export interface BertScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * BERTScore (Zhang et al. 2020, eq. 1 to 3) without idf weights and without rescaling: each token meets the token of
 * the other text that is nearest by cosine; precision is the mean over the candidate's tokens, recall over the
 * reference's. A text without tokens scores 0.
 */
export function bertScore(candidate: TokenVectors, reference: TokenVectors): BertScore {
  const own = unitRows(candidate);
  const others = unitRows(reference);
  if (own.length === 0 || others.length === 0) return { precision: 0, recall: 0, f1: 0 };
  const bestOfOwn = new Float64Array(own.length).fill(-1);
  const bestOfOthers = new Float64Array(others.length).fill(-1);
  own.forEach((row, i) => {
    others.forEach((other, j) => {
      const cosine = dot(row, other);
      if (cosine > bestOfOwn[i]!) bestOfOwn[i] = cosine;
      if (cosine > bestOfOthers[j]!) bestOfOthers[j] = cosine;
    });
  });
  const precision = mean(bestOfOwn);
  const recall = mean(bestOfOthers);
  const sum = precision + recall;
  return { precision, recall, f1: sum === 0 ? 0 : (2 * precision * recall) / sum };
}

function unitRows({ vectors, size }: TokenVectors): Float64Array[] {
  return Array.from({ length: vectors.length / size }, (_, row) => {
    const values = Float64Array.from(vectors.subarray(row * size, (row + 1) * size));
    const length = Math.sqrt(dot(values, values));
    return length === 0 ? values : values.map((value) => value / length);
  });
}
