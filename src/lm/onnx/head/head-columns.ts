import { giveWay } from '../../../give-way.js';
import type { HeadWeights } from '../../model/types.js';
import { constantFloats } from '../runtime/shared-memory.js';
import type { HeadMatch } from './head-match.js';

/** Numbers of the stored matrix that are read at once, and scaled at once. */
const NUMBERS_AT_ONCE = 2 ** 18;

/** The whole output layer, weights [hidden, vocabulary]. */
export async function readHead(head: HeadMatch): Promise<HeadWeights> {
  const { layout, hiddenSize, vocabularySize, biasValues } = head;
  const weights = constantFloats(hiddenSize * vocabularySize);
  for await (const { first, count, rows } of rowBlocks(head)) {
    if (layout === 'hidden-first') weights.set(rows, first * vocabularySize);
    else transposeInto(weights, rows, first, count, hiddenSize, vocabularySize);
  }
  return scaled(head, weights, biasValues);
}

interface RowBlock {
  readonly first: number;
  readonly count: number;
  readonly rows: Float32Array;
}

/** The stored matrix, some rows at a time. */
async function* rowBlocks({ weight }: HeadMatch): AsyncGenerator<RowBlock> {
  const most = Math.max(1, Math.floor(NUMBERS_AT_ONCE / weight.columns));
  for (let first = 0; first < weight.rows; first += most) {
    const count = Math.min(most, weight.rows - first);
    await giveWay();
    yield { first, count, rows: weight.readRows(first, count) };
  }
}

/** The scale goes into the weights; the biases hold it already. */
async function scaled(
  { scale, softCap }: HeadMatch,
  weights: Float32Array,
  bias: Float32Array | undefined,
): Promise<HeadWeights> {
  for (let start = 0; scale !== 1 && start < weights.length; start += NUMBERS_AT_ONCE) {
    await giveWay();
    const some = weights.subarray(start, start + NUMBERS_AT_ONCE);
    for (let i = 0; i < some.length; i++) some[i]! *= scale;
  }
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
export async function readColumns(head: HeadMatch, tokenIds: readonly number[]): Promise<HeadWeights> {
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
    for await (const { first, count, rows } of rowBlocks(head)) {
      for (let i = 0; i < count; i++) {
        tokenIds.forEach((id, column) => {
          weights[(first + i) * width + column] = rows[i * vocabularySize + id]!;
        });
      }
    }
  }
  return scaled(head, weights, biasValues && Float32Array.from(tokenIds, (id) => biasValues[id]!));
}
