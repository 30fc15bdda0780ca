/** 97.5 % quantiles of Student's t distribution for 1 to 30 degrees of freedom. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

export interface ResampleInterval {
  readonly mean: number;
  /** 95 %; undefined with fewer than two resplits. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

/**
 * The mean difference over resplits of one data set. Resplits share rows, so their plain variance is too small: it is
 * multiplied by 1/J + n_test/n_train (Nadeau and Bengio 2003, equation 10).
 *
 * @param differences one for each resplit
 * @param sizes rows of the test split, and rows that anything was chosen on
 */
export function resampleInterval(
  differences: readonly number[],
  { test, train }: { readonly test: number; readonly train: number },
): ResampleInterval {
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value / count, 0);
  if (count < 2) return { mean, interval: undefined };
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2 / (count - 1), 0);
  const halfWidth = studentQuantile(count - 1) * Math.sqrt(variance * (1 / count + test / train));
  return { mean, interval: [mean - halfWidth, mean + halfWidth] };
}

/** Beyond the table within 0.003 of the quantile. */
function studentQuantile(freedom: number): number {
  return STUDENT[freedom - 1] ?? 1.96 + 2.5 / freedom;
}
