import { giveWay } from '../give-way.js';

/**
 * Solves A X = B by Cholesky decomposition. Other work of the program gets its turn between rows.
 * @param matrix A, [size, size] row-major, symmetric and positive definite; only its lower half is read
 * @param columns B, [columns][size]
 * @returns X, [columns][size]
 */
export async function solveSymmetric(
  matrix: ArrayLike<number>,
  columns: readonly ArrayLike<number>[],
): Promise<number[][]> {
  const size = Math.sqrt(matrix.length);
  const lower = new Float64Array(size * size);
  const at = (row: number, column: number): number => lower[row * size + column] ?? 0;
  for (let row = 0; row < size; row++) {
    await giveWay();
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= at(row, k) * at(column, k);
      lower[row * size + column] = row === column ? Math.sqrt(sum) : sum / at(column, column);
    }
  }
  return columns.map((column) => {
    const x = Array.from(column);
    for (let row = 0; row < size; row++) {
      let sum = x[row] ?? 0;
      for (let k = 0; k < row; k++) sum -= at(row, k) * (x[k] ?? 0);
      x[row] = sum / at(row, row);
    }
    for (let row = size - 1; row >= 0; row--) {
      let sum = x[row] ?? 0;
      for (let k = row + 1; k < size; k++) sum -= at(k, row) * (x[k] ?? 0);
      x[row] = sum / at(row, row);
    }
    return x;
  });
}
