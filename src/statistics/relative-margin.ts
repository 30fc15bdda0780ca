import { mean } from './mean.js';

/**
 * How clearly rows are told apart: the mean of their margins over the root of their mean square, [−1, 1]. It is the same
 * for margins of any scale; 0 where there are none.
 * @param margins the right label's log score less its best rival's, one for each row
 */
export function relativeMargin(margins: ArrayLike<number>): number {
  const size = Math.sqrt(mean(Array.from(margins, (margin) => margin * margin)));
  return mean(margins) / (size || 1);
}
