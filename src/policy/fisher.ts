import { type MlpParameters, PARAMETER_NAMES, zeroParameters } from './parameters/mlp-parameters.js';
import type { PolicyHead } from './policy-head.js';

/** A prompt that the policy has drawn. */
export interface DrawnPrompt {
  /** [time, hiddenSize] */
  readonly hidden: Float32Array;
  readonly actions: readonly number[];
  /** Whether the prompt could have ended at each step, [time]. */
  readonly mayStop?: readonly boolean[] | undefined;
  /** 1 for each token that was drawn, 0 for one that was given, [time]. */
  readonly weights: readonly number[];
}

/**
 * The diagonal of the Fisher information, E_{z~π}[(∇ log π(z))²], as a mean over prompts drawn from π. Each prompt is
 * squared by itself: squares of a batch's gradient would be those of its mean.
 */
export async function diagonalFisher(head: PolicyHead, prompts: readonly DrawnPrompt[]): Promise<MlpParameters> {
  const fisher = zeroParameters(head.shape);
  for (const { hidden, actions, weights, mayStop } of prompts) {
    const gradients = await head.gradients(hidden, actions, weights, { mayStop });
    for (const name of PARAMETER_NAMES) {
      const [sums, slopes] = [fisher[name], gradients[name]];
      for (let i = 0; i < sums.length; i++) sums[i]! += (slopes[i]! * slopes[i]!) / prompts.length;
    }
  }
  return fisher;
}

/** Of the mean of F. */
const FLOOR = 0.1;

/**
 * F, and for every weight a tenth of its mean besides. A unit of the MLP that is silent on the prompts drawn (ReLU) has an F of
 * exactly 0; held by nothing, it moves until it speaks where the earlier tasks need it silent. In the Laplace approximation
 * behind EWC such a term comes from the prior of the weights (Huszár, arXiv 1712.03847).
 */
export function withFloor(fisher: MlpParameters): MlpParameters {
  const all = PARAMETER_NAMES.map((name) => fisher[name]);
  const sum = all.reduce((total, values) => values.reduce((part, value) => part + value, total), 0);
  const floor = (FLOOR * sum) / all.reduce((count, { length }) => count + length, 0);
  return Object.fromEntries(
    PARAMETER_NAMES.map((name) => [name, fisher[name].map((value) => value + floor)]),
  ) as MlpParameters;
}

/** The online form for several tasks in turn (Schwarz et al., arXiv 1805.06370, equation 9): γ F of those before + F. */
export function onlineFisher(before: MlpParameters | undefined, now: MlpParameters, decay: number): MlpParameters {
  if (!before) return now;
  const sums = PARAMETER_NAMES.map((name) => {
    const earlier = before[name];
    return [name, now[name].map((value, i) => decay * earlier[i]! + value)];
  });
  return Object.fromEntries(sums) as MlpParameters;
}
