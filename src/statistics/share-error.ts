/**
 * Standard error of a share of right answers. One right and one wrong answer are added (the rule of succession), so
 * that shares of 0 and 1 have an error too.
 * @param count answers, 1 or more
 */
export function shareError(share: number, count: number): number {
  const expected = (share + 1 / count) / (1 + 2 / count);
  return Math.sqrt((expected * (1 - expected)) / count);
}
