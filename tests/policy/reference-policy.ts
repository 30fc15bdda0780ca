/** The policy in plain double-precision loops: what the ONNX graphs are checked against. */
export interface ReferencePolicy {
  hiddenSize: number;
  innerSize: number;
  vocabularySize: number;
  head: ArrayLike<number>;
  /** Added to every row's logits, [vocabulary]. */
  bias: ArrayLike<number>;
  priorWeight?: number;
}

export type Parameters = Record<'w1' | 'b1' | 'w2' | 'b2', ArrayLike<number>>;

/** Logits of every row, [n][vocabulary]. */
export function referenceLogits(
  policy: ReferencePolicy,
  parameters: Parameters,
  hidden: ArrayLike<number>,
): number[][] {
  const { hiddenSize, innerSize, priorWeight = 0 } = policy;
  return rowsOf(hidden, hiddenSize).map((state) => {
    const inner = affine(state, parameters.w1, innerSize, parameters.b1).map((value) => Math.max(value, 0));
    const output = affine(inner, parameters.w2, hiddenSize, parameters.b2);
    return affine(
      output.map((value, j) => value + priorWeight * state[j]!),
      policy.head,
      policy.vocabularySize,
      policy.bias,
    );
  });
}

export function lmLogits(policy: ReferencePolicy, hidden: ArrayLike<number>): number[][] {
  return rowsOf(hidden, policy.hiddenSize).map((state) =>
    affine(state, policy.head, policy.vocabularySize, policy.bias),
  );
}

export function logSumExp(logits: readonly number[]): number {
  const largest = Math.max(...logits);
  return largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}

export function entropy(logits: readonly number[]): number {
  const value = logSumExp(logits);
  return -logits.reduce((sum, logit) => sum + Math.exp(logit - value) * (logit - value), 0);
}

export function klDivergence(logits: readonly number[], other: readonly number[]): number {
  const value = logSumExp(logits);
  const otherValue = logSumExp(other);
  return logits.reduce((sum, logit, i) => sum + Math.exp(logit - value) * (logit - value - other[i]! + otherValue), 0);
}

function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, j) => values[row * width + j]!),
  );
}

function affine(row: readonly number[], matrix: ArrayLike<number>, width: number, bias: ArrayLike<number>): number[] {
  return Array.from({ length: width }, (_, column) =>
    row.reduce((sum, value, j) => sum + value * matrix[j * width + column]!, bias[column]!),
  );
}
