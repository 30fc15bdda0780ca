/** Rows of new tokens, each after one of some pasts. */
export interface JoinedRows {
  /** For each row the past that it continues. */
  readonly pastRows: readonly number[];
  /** How many pasts there are. */
  readonly pasts: number;
  /** Positions of each past. */
  readonly before: number;
  /** New positions of each row. */
  readonly length: number;
  readonly heads: number;
}

/**
 * Where each row's positions are in a table of all pasts, [pasts · heads · before], followed by all new ones, [rows · heads · length].
 * @returns [rows, heads, before + length]
 */
export function joinedPositions({ pastRows, pasts, before, length, heads }: JoinedRows): Int32Array {
  const places = new Int32Array(pastRows.length * heads * (before + length));
  let place = 0;
  let next = pasts * heads * before;
  for (const past of pastRows) {
    for (let head = 0; head < heads; head++) {
      const start = (past * heads + head) * before;
      for (let i = 0; i < before; i++) places[place++] = start + i;
      for (let i = 0; i < length; i++) places[place++] = next++;
    }
  }
  return places;
}
