import type { HeadWeights, LabelNormalisation, LabelWord } from '../../../model/types.js';

/** Logits of a few vocabulary columns: hidden [n, hiddenSize] · weights [hiddenSize, columns] + bias. */
export function columnLogits(hidden: Float32Array, head: HeadWeights, columns: number): Float32Array {
  const size = head.weights.length / columns;
  const rows = hidden.length / size;
  const logits = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = head.bias?.[column] ?? 0;
      for (let i = 0; i < size; i++) sum += hidden[row * size + i]! * head.weights[i * columns + column]!;
      logits[row * columns + column] = head.softCap === undefined ? sum : head.softCap * Math.tanh(sum / head.softCap);
    }
  }
  return logits;
}

/** The one token of a label, or the first of several. */
export function firstToken({ text, tokenIds: [first] }: LabelWord): number {
  if (first === undefined) throw new RangeError(`the label word ${JSON.stringify(text)} has no token`);
  return first;
}

/** Reads the columns of a label set once. */
export function rememberColumns(
  read: (tokenIds: readonly number[]) => Promise<HeadWeights>,
): (tokenIds: readonly number[]) => Promise<HeadWeights> {
  const known = new Map<string, Promise<HeadWeights>>();
  return (tokenIds) => {
    const key = tokenIds.join(' ');
    const columns = known.get(key) ?? read(tokenIds);
    known.set(key, columns);
    return columns;
  };
}

/** What a label's summed log-probability is divided by: 1, its tokens, or its words (arXiv 2401.14151). */
export function labelDivisor(label: LabelWord, normalise: LabelNormalisation): number {
  if (normalise === 'none') return 1;
  return normalise === 'token' ? label.tokenIds.length : label.wordCount;
}

/**
 * Whether logits may stand for log-probabilities: what they differ by is the same for all labels of a row, so the
 * softmax over the labels takes it off, as long as all labels are one token and divided by the same number.
 */
export function logitsSuffice(labels: readonly LabelWord[], normalise: LabelNormalisation): boolean {
  const divisors = new Set(labels.map((label) => labelDivisor(label, normalise)));
  return divisors.size === 1 && labels.every((label) => label.tokenIds.length === 1);
}
