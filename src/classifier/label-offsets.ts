/**
 * What a label's score is worth before any input is read: the mean of the label log scores over `rows`
 * (content-free or label-free inputs), to be subtracted before the softmax over the labels. Removes a prompt's
 * constant preference for one label (contextual calibration, Zhao et al. 2021; here in log space).
 *
 * @param rows label log scores, [inputs][labels]; none gives zeros
 */
export function labelOffsets(rows: readonly ArrayLike<number>[], labelCount: number): number[] {
  const offsets = new Array<number>(labelCount).fill(0);
  for (const row of rows) for (let k = 0; k < labelCount; k++) offsets[k]! += row[k]! / rows.length;
  return offsets;
}
