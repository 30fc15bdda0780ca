/** A number that is not known before a run: the least and the most that it may be. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export const NONE: Range = { low: 0, high: 0 };

export function exactly(value: number): Range {
  return { low: value, high: value };
}

export function sumOf(ranges: readonly Range[]): Range {
  return ranges.reduce((sum, { low, high }) => ({ low: sum.low + low, high: sum.high + high }), NONE);
}

/** The least times the least, the most times the most; all are 0 or more. */
export function product(...ranges: readonly Range[]): Range {
  return ranges.reduce((all, { low, high }) => ({ low: all.low * low, high: all.high * high }), exactly(1));
}
