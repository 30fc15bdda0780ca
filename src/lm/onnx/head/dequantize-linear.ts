import type { WeightMatrix } from './weight-matrix.js';

/** Scales and zero points of a quantised matrix, one for all or one for each row or column. */
export interface LinearQuantisation {
  readonly scales: Float32Array;
  /** Empty: all zero. */
  readonly zeroPoints: Float32Array;
  readonly per: 'matrix' | 'row' | 'column';
}

/** `(q − zeroPoint) · scale`, as DequantizeLinear and MatMulInteger with its Mul compute it. */
export function dequantizeLinear(matrix: WeightMatrix, quantisation: LinearQuantisation): WeightMatrix {
  const { columns } = matrix;
  const { scales, zeroPoints, per } = quantisation;
  const readRows = (first: number, count: number) => {
    const values = matrix.readRows(first, count);
    for (let i = 0; i < values.length; i++) {
      const at = per === 'matrix' ? 0 : per === 'column' ? i % columns : first + Math.floor(i / columns);
      values[i] = (values[i]! - (zeroPoints[zeroPoints.length === 1 ? 0 : at] ?? 0)) * scales[at]!;
    }
    return values;
  };
  return { ...matrix, readRows };
}
