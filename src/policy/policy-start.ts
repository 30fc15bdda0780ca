import { type MlpParameters, PARAMETER_NAMES } from './parameters/mlp-parameters.js';

/** Where a policy begins that continues an earlier run's. */
export interface PolicyStart {
  /** θ*, the parameters of the earlier run. */
  readonly parameters: MlpParameters;
  /** What holds the policy near them; without it nothing does. */
  readonly elastic?: ElasticWeights | undefined;
}

export interface ElasticWeights {
  /** λ, above 0 */
  readonly lambda: number;
  /** F, the diagonal of the Fisher information of the earlier tasks. */
  readonly fisher: MlpParameters;
}

/**
 * Adds the gradient of ½ λ Σ F (θ − θ*)² in place (elastic weight consolidation, Kirkpatrick et al., arXiv 1612.00796,
 * equation 3).
 *
 * @returns the penalty
 */
export function addElasticPenalty(
  gradients: MlpParameters,
  parameters: MlpParameters,
  start: MlpParameters,
  { lambda, fisher }: ElasticWeights,
): number {
  let penalty = 0;
  for (const name of PARAMETER_NAMES) {
    const [gradient, values, anchors, weights] = [gradients[name], parameters[name], start[name], fisher[name]];
    for (let i = 0; i < values.length; i++) {
      const distance = values[i]! - anchors[i]!;
      const pull = lambda * weights[i]! * distance;
      gradient[i]! += pull;
      penalty += 0.5 * pull * distance;
    }
  }
  return penalty;
}
