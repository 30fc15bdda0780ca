import { type AdamState, adamStep, createAdamState } from '../../policy/adam.js';
import { clipGlobalNorm } from '../../policy/clip-global-norm.js';
import { initialParameters, type MlpParameters, type MlpShape, PARAMETER_NAMES } from '../../policy/mlp-parameters.js';
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
    const gradNorm = clipGlobalNorm(gradients, this.settings.clipNorm);
    const skipped = !Number.isFinite(gradNorm) || !Number.isFinite(loss);
    if (!skipped) adamStep(this.parameters, gradients, this.adam, { learningRate: this.settings.learningRate });
    return { gradNorm, skipped, ...(penalty === undefined ? {} : { 'ewc/penalty': penalty }) };
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
        ...named('adam.first', this.adam.firstMoments),
        ...named('adam.second', this.adam.secondMoments),
      },
    };
  }

  restore({ json, arrays }: TrainerState): void {
    this.adam.step = json.adamStep as number;
    fill('policy', this.parameters, arrays);
    fill('adam.first', this.adam.firstMoments, arrays);
    fill('adam.second', this.adam.secondMoments, arrays);
  }
}

/** Copies, so that a state that was saved does not change when training continues. */
export function named(prefix: string, parameters: MlpParameters): Record<string, Float32Array> {
  return Object.fromEntries(PARAMETER_NAMES.map((name) => [`${prefix}.${name}`, parameters[name].slice()]));
}

/** The other way round: the parameters that `named` wrote under a prefix. */
export function unnamed(prefix: string, arrays: TrainerState['arrays']): MlpParameters {
  const found = PARAMETER_NAMES.map((name) => [name, saved(arrays, `${prefix}.${name}`)]);
  return Object.fromEntries(found) as MlpParameters;
}

/** [rows, columns] of the matrices among saved arrays: those called w1 or w2 that were saved with a bias b1. */
export function matrixShapes(arrays: TrainerState['arrays']): Record<string, [rows: number, columns: number]> {
  const shapes = Object.entries(arrays).flatMap(([name, { length }]) => {
    const [, prefix = '', layer] = /^(.*\.)w([12])$/.exec(name) ?? [];
    const inner = arrays[`${prefix}b1`]?.length;
    if (!layer || !inner) return [];
    return [[name, layer === '1' ? [length / inner, inner] : [inner, length / inner]]];
  });
  return Object.fromEntries(shapes) as Record<string, [number, number]>;
}

export function fill(prefix: string, parameters: MlpParameters, arrays: TrainerState['arrays']): void {
  for (const name of PARAMETER_NAMES) parameters[name].set(saved(arrays, `${prefix}.${name}`));
}

/** @throws TypeError for an array that the checkpoint does not have */
export function saved(arrays: TrainerState['arrays'], name: string): Float32Array {
  const array = arrays[name];
  if (!array) throw new TypeError(`the checkpoint has no array ${name}`);
  return array;
}
