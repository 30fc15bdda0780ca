/** Turns a pre-tokenized piece into token ids. */
export interface PieceModel {
  readonly ids: ReadonlyMap<string, number>;
  /** Appends the ids of a piece. */
  encode(piece: string, into: number[]): void;
}
