import { RlpromptError } from '../../errors.js';
import { giveWay } from '../../give-way.js';
import { Rng } from '../../random/rng.js';

/** The trained part of the policy, hidden → inner → hidden with a ReLU between; also the shape of gradients and moments. */
export type MlpParameters = {
  /** [hidden, inner], row-major. */
  readonly w1: Float32Array;
  /** [inner] */
  readonly b1: Float32Array;
  /** [inner, hidden], row-major. */
  readonly w2: Float32Array;
  /** [hidden] */
  readonly b2: Float32Array;
};

export const PARAMETER_NAMES = ['w1', 'b1', 'w2', 'b2'] as const;

export interface MlpShape {
  readonly hiddenSize: number;
  readonly innerSize: number;
}

const XAVIER_GAIN = 1e-4;
const INITIAL_BIAS = -1e-4;
/** Some milliseconds' worth. */
const DRAWN_AT_ONCE = 2 ** 16;

/**
 * The reference's start: Xavier uniform (Glorot & Bengio 2010, equation 16) with gain 1e-4, biases −1e-4. The MLP's output is
 * next to nothing, so the first policy is uniform over the vocabulary, not the language model's own.
 */
export async function initialParameters({ hiddenSize, innerSize }: MlpShape, seed: number): Promise<MlpParameters> {
  const rng = Rng.create(seed, 'initialisation');
  const bound = XAVIER_GAIN * Math.sqrt(6 / (hiddenSize + innerSize));
  const matrix = async () => {
    const values = new Float32Array(hiddenSize * innerSize);
    for (let start = 0; start < values.length; start += DRAWN_AT_ONCE) {
      await giveWay();
      const end = Math.min(values.length, start + DRAWN_AT_ONCE);
      for (let i = start; i < end; i++) values[i] = bound * (rng.uint32() / 2 ** 31 - 1);
    }
    return values;
  };
  return {
    w1: await matrix(),
    b1: new Float32Array(innerSize).fill(INITIAL_BIAS),
    w2: await matrix(),
    b2: new Float32Array(hiddenSize).fill(INITIAL_BIAS),
  };
}

export function zeroParameters({ hiddenSize, innerSize }: MlpShape): MlpParameters {
  return {
    w1: new Float32Array(hiddenSize * innerSize),
    b1: new Float32Array(innerSize),
    w2: new Float32Array(innerSize * hiddenSize),
    b2: new Float32Array(hiddenSize),
  };
}

/** A copy that shares nothing with the original. */
export function copyParameters(parameters: MlpParameters): MlpParameters {
  return {
    w1: parameters.w1.slice(),
    b1: parameters.b1.slice(),
    w2: parameters.w2.slice(),
    b2: parameters.b2.slice(),
  };
}

/** @throws RlpromptError E_POLICY_SHAPE when an array's length is not what the sizes ask for */
export function checkParameters(
  parameters: Readonly<Record<keyof MlpParameters, ArrayLike<number>>>,
  { hiddenSize, innerSize }: MlpShape,
): void {
  const lengths = { w1: hiddenSize * innerSize, b1: innerSize, w2: innerSize * hiddenSize, b2: hiddenSize };
  for (const name of PARAMETER_NAMES) checkLength(`parameter ${name}`, parameters[name], lengths[name]);
}

/** @throws RlpromptError E_POLICY_SHAPE */
export function checkLength(name: string, array: { readonly length: number }, length: number): void {
  if (array.length === length) return;
  throw new RlpromptError({
    code: 'E_POLICY_SHAPE',
    exit: 'internal',
    message: `${name} holds ${array.length} numbers, expected ${length}`,
    next: "give arrays of the policy's sizes",
  });
}
