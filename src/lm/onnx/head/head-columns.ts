import type { HeadWeights } from '../../model/types.js';
import type { HeadMatch } from './head-match.js';

/** Rows of the stored matrix that are read at once. */
const ROWS_AT_ONCE = 256;

/** The whole output layer, weights [hidden, vocabulary]. */
export function readHead(head: HeadMatch): HeadWeights {
  const { weight, layout, hiddenSize, vocabularySize, biasValues } = head;
  const weights = new Float32Array(hiddenSize * vocabularySize);
  for (let first = 0; first < weight.rows; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, weight.rows - first);
    const rows = weight.readRows(first, count);
    if (layout === 'hidden-first') weights.set(rows, first * vocabularySize);
    else transposeInto(weights, rows, first, count, hiddenSize, vocabularySize);
  }
  return scaled(head, weights, biasValues);
}

/** The scale goes into the weights; the biases hold it already. */
function scaled({ scale, softCap }: HeadMatch, weights: Float32Array, bias: Float32Array | undefined): HeadWeights {
  if (scale !== 1) for (let i = 0; i < weights.length; i++) weights[i]! *= scale;
  return { weights, ...(bias && { bias }), ...(softCap !== undefined && { softCap }) };
}

/** Writes rows of [vocabulary, hidden] as columns of [hidden, vocabulary], each stretch of them in one go. */
function transposeInto(
  weights: Float32Array,
  rows: Float32Array,
  first: number,
  count: number,
  hiddenSize: number,
  vocabularySize: number,
): void {
  for (let h = 0; h < hiddenSize; h++) {
    const start = h * vocabularySize + first;
    for (let i = 0; i < count; i++) weights[start + i] = rows[i * hiddenSize + h]!;
  }
}

/** The output layer of some tokens only: weights [hidden, ids.length]. */
export function readColumns(head: HeadMatch, tokenIds: readonly number[]): HeadWeights {
  const { weight, layout, hiddenSize, vocabularySize, biasValues } = head;
  for (const id of tokenIds) {
    if (!(Number.isInteger(id) && id >= 0 && id < vocabularySize)) {
      throw new RangeError(`token id ${id} is outside the vocabulary of ${vocabularySize}`);
    }
  }
  const width = tokenIds.length;
  const weights = new Float32Array(hiddenSize * width);
  if (layout === 'vocabulary-first') {
    tokenIds.forEach((id, column) => {
      const row = weight.readRows(id, 1);
      for (let h = 0; h < hiddenSize; h++) weights[h * width + column] = row[h]!;
    });
  } else {
    for (let first = 0; first < hiddenSize; first += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, hiddenSize - first);
      const rows = weight.readRows(first, count);
      for (let i = 0; i < count; i++) {
        tokenIds.forEach((id, column) => {
          weights[(first + i) * width + column] = rows[i * vocabularySize + id]!;
        });
      }
    }
  }
  return scaled(head, weights, biasValues && Float32Array.from(tokenIds, (id) => biasValues[id]!));
}
