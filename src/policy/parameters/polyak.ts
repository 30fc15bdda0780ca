import { type MlpParameters, PARAMETER_NAMES } from './mlp-parameters.js';

/**
 * Polyak averaging of the target network, in place: θ̄ ← (1 − τ) θ̄ + τ θ. The reference does it before each step, with
 * τ = 0.001.
 */
export function polyakUpdate(targetNetwork: MlpParameters, policy: MlpParameters, tau: number): void {
  for (const name of PARAMETER_NAMES) {
    const followed = policy[name];
    const values = targetNetwork[name];
    for (let i = 0; i < values.length; i++) values[i] = (1 - tau) * values[i]! + tau * followed[i]!;
  }
}
