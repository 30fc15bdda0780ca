import { type AdamState, adamStep } from '../../policy/parameters/adam.js';
import { type MlpParameters, PARAMETER_NAMES } from '../../policy/parameters/mlp-parameters.js';
import { fill, fillMoments, named, namedMoments } from '../../policy/parameters/saved-parameters.js';
import { Rng } from '../../random/rng.js';
import type { TrainerState } from '../contract/types.js';

const INNER = 32;
const LEARNING_RATE = 3e-3;

/**
 * V(s) from frozen hidden states: linear, ReLU, linear to one number, fitted to returns by Adam on the mean squared
 * error. A state is divided by its root mean square first, as language models differ in scale by orders of magnitude.
 */
export class Critic {
  private readonly parameters: MlpParameters;
  private readonly adam: AdamState;

  constructor(
    private readonly hiddenSize: number,
    seed: number,
  ) {
    const rng = Rng.create(seed, 'search');
    this.parameters = this.zeros();
    const bound = Math.sqrt(6 / hiddenSize);
    const { w1 } = this.parameters;
    for (let i = 0; i < w1.length; i++) w1[i] = bound * (2 * rng.float() - 1);
    // The last layer stays zero: the first values are zero, whatever the states.
    this.adam = { step: 0, firstMoments: this.zeros(), secondMoments: this.zeros() };
  }

  /** @param hidden [n, hiddenSize]; @returns V, [n] */
  values(hidden: Float32Array): Float64Array {
    return this.forward(this.normalised(hidden)).values;
  }

  /**
   * Some full passes over the states.
   * @param returns [n]
   * @param rateFactor multiplies the learning rate, which is constant otherwise
   * @returns the mean squared error before the first pass
   */
  fit(hidden: Float32Array, returns: ArrayLike<number>, passes: number, rateFactor = 1): number {
    const states = this.normalised(hidden);
    let first = 0;
    for (let pass = 0; pass < passes; pass++) {
      const values = this.step(
        states,
        (now) => now.map((value, row) => (2 * (value - returns[row]!)) / now.length),
        rateFactor,
      );
      if (pass === 0) first = values.reduce((sum, value, row) => sum + (value - returns[row]!) ** 2 / values.length, 0);
    }
    return first;
  }

  /**
   * One step down any loss of the values.
   * @param slopesOf d loss / d value of each row, from the values, [n]
   */
  descend(hidden: Float32Array, slopesOf: (values: Float64Array) => ArrayLike<number>, rateFactor = 1): void {
    this.step(this.normalised(hidden), slopesOf, rateFactor);
  }

  save(): TrainerState {
    return {
      json: { criticStep: this.adam.step },
      arrays: { ...named('critic', this.parameters), ...namedMoments('critic', this.adam) },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.adam.step = json.criticStep as number;
    fill('critic', this.parameters, arrays);
    fillMoments('critic', this.adam, arrays);
  }

  private zeros(): MlpParameters {
    const lengths = { w1: this.hiddenSize * INNER, b1: INNER, w2: INNER, b2: 1 };
    const arrays = PARAMETER_NAMES.map((name) => [name, new Float32Array(lengths[name])]);
    return Object.fromEntries(arrays) as MlpParameters;
  }

  private normalised(hidden: Float32Array): Float32Array {
    const states = hidden.slice();
    for (let start = 0; start < states.length; start += this.hiddenSize) {
      const row = states.subarray(start, start + this.hiddenSize);
      const size = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / row.length);
      if (size > 0)
        row.forEach((value, j) => {
          row[j] = value / size;
        });
    }
    return states;
  }

  private forward(states: Float32Array): { inner: Float64Array; values: Float64Array } {
    const { w1, b1, w2, b2 } = this.parameters;
    const rows = states.length / this.hiddenSize;
    const inner = new Float64Array(rows * INNER);
    const values = new Float64Array(rows).fill(b2[0]!);
    for (let row = 0; row < rows; row++) {
      const sums = inner.subarray(row * INNER, (row + 1) * INNER);
      sums.set(b1);
      for (let j = 0; j < this.hiddenSize; j++) {
        const value = states[row * this.hiddenSize + j]!;
        for (let k = 0; k < INNER; k++) sums[k]! += value * w1[j * INNER + k]!;
      }
      for (let k = 0; k < INNER; k++) {
        sums[k] = Math.max(0, sums[k]!);
        values[row]! += sums[k]! * w2[k]!;
      }
    }
    return { inner, values };
  }

  /** @returns the values before the step */
  private step(
    states: Float32Array,
    slopesOf: (values: Float64Array) => ArrayLike<number>,
    rateFactor: number,
  ): Float64Array {
    const { w2 } = this.parameters;
    const { inner, values } = this.forward(states);
    const gradients = this.zeros();
    const slopes = slopesOf(values);
    for (let row = 0; row < values.length; row++) {
      const slope = slopes[row]!;
      gradients.b2[0]! += slope;
      for (let k = 0; k < INNER; k++) {
        const active = inner[row * INNER + k]!;
        if (active === 0) continue;
        gradients.w2[k]! += slope * active;
        gradients.b1[k]! += slope * w2[k]!;
        for (let j = 0; j < this.hiddenSize; j++) {
          gradients.w1[j * INNER + k]! += slope * w2[k]! * states[row * this.hiddenSize + j]!;
        }
      }
    }
    adamStep(this.parameters, gradients, this.adam, { learningRate: rateFactor * LEARNING_RATE });
    return values;
  }
}
