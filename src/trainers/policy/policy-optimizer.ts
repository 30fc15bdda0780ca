import { type AdamState, adamStep, createAdamState } from '../../policy/parameters/adam.js';
import { clipGlobalNorm } from '../../policy/parameters/clip-global-norm.js';
import {
  initialParameters,
  type MlpParameters,
  type MlpShape,
  PARAMETER_NAMES,
} from '../../policy/parameters/mlp-parameters.js';
import { fill, fillMoments, named, namedMoments } from '../../policy/parameters/saved-parameters.js';
import { addElasticPenalty, type PolicyStart } from '../../policy/policy-start.js';
import type { TrainerState } from '../contract/types.js';

interface UpdateOutcome {
  readonly gradNorm: number;
  readonly skipped: boolean;
  readonly 'ewc/penalty'?: number;
}

/** Clip, then Adam, on the policy's parameters; an update with a number that is not finite is left out. */
export class PolicyOptimizer {
  private readonly adam: AdamState;

  constructor(
    private readonly parameters: MlpParameters,
    private readonly shape: MlpShape,
    private readonly settings: { learningRate: number; clipNorm: number; start?: PolicyStart | undefined },
  ) {
    this.adam = createAdamState(shape);
  }

  /** @returns the gradient's norm before clipping, whether the update was left out, and the penalty where there is one */
  apply(loss: number, gradients: MlpParameters): UpdateOutcome {
    const { start } = this.settings;
    const penalty = start?.elastic && addElasticPenalty(gradients, this.parameters, start.parameters, start.elastic);
    const { learningRate, clipNorm } = this.settings;
    const { norm, factor } = clipGlobalNorm(gradients, clipNorm);
    const skipped = !Number.isFinite(norm) || !Number.isFinite(loss);
    if (!skipped) adamStep(this.parameters, gradients, this.adam, { learningRate, gradientFactor: factor });
    return { gradNorm: norm, skipped, ...(penalty === undefined ? {} : { 'ewc/penalty': penalty }) };
  }

  /** Parameters as at the start of a run, and no memory of earlier gradients. */
  async restart(seed: number): Promise<void> {
    const initial = this.settings.start?.parameters ?? (await initialParameters(this.shape, seed));
    for (const name of PARAMETER_NAMES) {
      this.parameters[name].set(initial[name]);
      this.adam.firstMoments[name].fill(0);
      this.adam.secondMoments[name].fill(0);
    }
    this.adam.step = 0;
  }

  save(): TrainerState {
    return {
      json: { adamStep: this.adam.step },
      arrays: {
        ...named('policy', this.parameters),
        ...namedMoments('adam', this.adam),
      },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.adam.step = json.adamStep as number;
    fill('policy', this.parameters, arrays);
    fillMoments('adam', this.adam, arrays);
  }
}
