import { type MlpParameters, type MlpShape, PARAMETER_NAMES, zeroParameters } from './mlp-parameters.js';

export interface AdamState {
  /** Updates done. */
  step: number;
  readonly firstMoments: MlpParameters;
  readonly secondMoments: MlpParameters;
}

export interface AdamOptions {
  readonly learningRate: number;
  /** What gradients are multiplied by first, in float32. @default 1 */
  readonly gradientFactor?: number;
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
}

export function createAdamState(shape: MlpShape): AdamState {
  return { step: 0, firstMoments: zeroParameters(shape), secondMoments: zeroParameters(shape) };
}

/**
 * One step of Adam with bias correction (Kingma & Ba, arXiv 1412.6980, algorithm 1), in place:
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − η m̂ / (√v̂ + ε).
 */
export function adamStep(
  parameters: MlpParameters,
  gradients: MlpParameters,
  state: AdamState,
  { learningRate, gradientFactor = 1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
): void {
  state.step += 1;
  const rate = learningRate / (1 - beta1 ** state.step);
  const secondCorrection = Math.sqrt(1 - beta2 ** state.step);
  const [fresh1, fresh2] = [1 - beta1, 1 - beta2];
  for (const name of PARAMETER_NAMES) {
    const values = parameters[name];
    const gradient = gradients[name];
    const first = state.firstMoments[name];
    const second = state.secondMoments[name];
    for (let i = 0; i < values.length; i++) {
      const slope = Math.fround(gradient[i]! * gradientFactor);
      const m = beta1 * first[i]! + fresh1 * slope;
      const v = beta2 * second[i]! + fresh2 * slope * slope;
      first[i] = m;
      second[i] = v;
      values[i] = values[i]! - (rate * m) / (Math.sqrt(v) / secondCorrection + epsilon);
    }
  }
}
