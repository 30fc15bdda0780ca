/**
 * x of A x = b for a symmetric positive definite A, by Cholesky's A = L Lᵀ and two substitutions.
 *
 * @param matrix A, [n, n] row-major; its lower half becomes L
 * @param values b, [n]; becomes x
 */
export function solvePositiveDefinite(matrix: Float64Array, values: Float64Array): Float64Array {
  const n = values.length;
  factorise(matrix, n);
  for (let row = 0; row < n; row++) {
    let rest = values[row]!;
    for (let j = 0; j < row; j++) rest -= matrix[row * n + j]! * values[j]!;
    values[row] = rest / matrix[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    let rest = values[row]!;
    for (let j = row + 1; j < n; j++) rest -= matrix[j * n + row]! * values[j]!;
    values[row] = rest / matrix[row * n + row]!;
  }
  return values;
}

function factorise(matrix: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * n + column]!;
      for (let j = 0; j < column; j++) rest -= matrix[row * n + j]! * matrix[column * n + j]!;
      matrix[row * n + column] = column === row ? Math.sqrt(rest) : rest / matrix[column * n + column]!;
    }
  }
}
