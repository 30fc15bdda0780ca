/** What every loss returns; `weights` is all that the policy's gradient graph needs to know of a loss. */
export interface LossResult {
  readonly loss: number;
  /** [batch, time], row-major: d loss / d log π(a_t|s_t). */
  readonly weights: Float64Array;
}
