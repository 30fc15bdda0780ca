import type { Tensor } from 'onnxruntime-node';
import type { ModelInput } from '../../head/split-head.js';
import { int64Halves } from '../../run/int64.js';
import type { OnnxSession, TensorType } from '../../run/session.js';

export interface TokenRows {
  /** Rows of tokens, all of one length. */
  readonly tokens: readonly (readonly number[])[];
  /** Positions before them. */
  readonly before?: number;
  /** How many of these are padding on the left, a row. */
  readonly padding?: readonly number[] | undefined;
}

/** The integer inputs of a transformer graph, as far as it has them: ids, mask, positions, segments. */
export function tokenFeeds(
  session: OnnxSession,
  inputs: readonly ModelInput[],
  { tokens, before = 0, padding }: TokenRows,
): Record<string, Tensor> {
  const length = tokens[0]?.length ?? 0;
  const skipped = (row: number) => padding?.[row] ?? 0;
  const values: Record<string, [columns: number, at: (row: number, column: number) => number]> = {
    input_ids: [length, (row, column) => tokens[row]![column]!],
    attention_mask: [before + length, (row, column) => (column < skipped(row) ? 0 : 1)],
    position_ids: [length, (row, column) => before - skipped(row) + column],
    token_type_ids: [length, () => 0],
  };
  const feeds: Record<string, Tensor> = {};
  for (const { name, type } of inputs) {
    const source = values[name];
    if (source) feeds[name] = integerTensor(session, type, tokens.length, ...source);
  }
  return feeds;
}

function integerTensor(
  session: OnnxSession,
  type: string,
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Tensor {
  const long = type === 'int32' ? undefined : int64Halves(rows * columns);
  const values = long?.halves ?? new Int32Array(rows * columns);
  const width = long ? 2 : 1;
  let place = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, place += width) values[place] = at(row, column);
  }
  return session.tensor(type as TensorType, long?.values ?? values, [rows, columns]);
}
