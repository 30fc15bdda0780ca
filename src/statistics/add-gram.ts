/**
 * Adds Xᵀ L X to the lower half of a matrix.
 * @param matrix [width, width] row-major
 * @param rows X, [rows][width]
 * @param coupling L, [rows, rows], symmetric
 */
export function addGram(matrix: Float64Array, rows: readonly Float64Array[], coupling: Float64Array): void {
  for (const [i, row] of rows.entries()) {
    const width = row.length;
    const coupled = combine(coupling.subarray(i * rows.length, (i + 1) * rows.length), rows);
    for (let j = 0; j < width; j++) {
      const value = row[j]!;
      for (let k = 0; k <= j; k++) matrix[j * width + k]! += value * coupled[k]!;
    }
  }
}

/** Σ weight · row, [width] */
export function combine(weights: ArrayLike<number>, rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < sum.length; j++) sum[j]! += weights[i]! * row[j]!;
  }
  return sum;
}
