import { expect, it } from 'vitest';
import { diagonalFisher, onlineFisher, withFloor } from '../../src/policy/fisher.js';
import { PARAMETER_NAMES } from '../../src/policy/parameters/mlp-parameters.js';
import { PolicyHead } from '../../src/policy/policy-head.js';
import { Rng } from '../../src/random/rng.js';
import { numericalGradient } from '../losses/numerical-gradient.js';
import { logSumExp, referenceLogits } from './reference-policy.js';

const rng = Rng.create(3, 'search');
const random = (n: number) => Float32Array.from({ length: n }, () => 2 * rng.float() - 1);
const shape = { hiddenSize: 3, innerSize: 4, vocabularySize: 4 };
const parameters = { w1: random(12), b1: random(4), w2: random(12), b2: random(3) };
const headWeights = random(12);
const state = random(3);
/** Shares of the four tokens, in eighths: eight draws that have exactly the policy's shares can be written down. */
const EIGHTHS = [4, 2, 1, 1];
const reference = { ...shape, head: headWeights, bias: [0, 0, 0, 0] };
const [unbiased] = referenceLogits(reference, parameters, state) as [number[]];
const tokenBias = Float32Array.from(EIGHTHS, (share, token) => Math.log(share / 8) - unbiased[token]!);
const DRAWS = EIGHTHS.flatMap((share, token) => new Array<number>(share).fill(token));

/** log π of a token at the state, in double precision. */
function logProb(token: number, given: Record<keyof typeof parameters, ArrayLike<number>>): number {
  const [logits] = referenceLogits({ ...reference, bias: tokenBias }, given, state) as [number[]];
  return logits[token]! - logSumExp(logits);
}

/** E_z[(∂ log π(z))²] over all 16 prompts of two tokens, each weighed by its probability. */
function enumerated(name: keyof typeof parameters): number[] {
  const slopes = EIGHTHS.map((_, token) =>
    numericalGradient((values) => logProb(token, { ...parameters, [name]: values }), parameters[name]),
  );
  return Array.from(parameters[name], (_, i) =>
    EIGHTHS.flatMap((first, a) =>
      EIGHTHS.map((second, b) => (first / 8) * (second / 8) * (slopes[a]![i]! + slopes[b]![i]!) ** 2),
    ).reduce((sum, value) => sum + value, 0),
  );
}

const twice = Float32Array.of(...state, ...state);
const prompt = (actions: readonly number[], weights = [1, 1]) => ({ hidden: twice, actions, weights });

it('the diagonal Fisher information is that of enumeration, and not the square of a mean', async () => {
  const head = await PolicyHead.create({ ...shape, headWeights, tokenBias, parameters });
  const prompts = DRAWS.flatMap((a) => DRAWS.map((b) => prompt([a, b])));
  const fisher = await diagonalFisher(head, prompts);
  for (const name of PARAMETER_NAMES) {
    const expected = enumerated(name);
    expect(Math.max(...expected)).toBeGreaterThan(0.01);
    for (const [i, value] of fisher[name].entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4);
  }
  const given = await diagonalFisher(head, [prompt([0, 1], [0, 1])]);
  const alone = await diagonalFisher(head, [{ hidden: state, actions: [1], weights: [1] }]);
  for (const name of PARAMETER_NAMES)
    for (const [i, value] of given[name].entries()) expect(value).toBeCloseTo(alone[name][i]!, 6);
  await head.dispose();
});

it('a step at which a prompt could have ended counts with the stop token among its choices', async () => {
  const masked = Float32Array.of(0, 0, 0, -1e9);
  const head = await PolicyHead.create({
    ...shape,
    headWeights,
    tokenBias: masked,
    parameters,
    priorWeight: 1,
    stop: { tokenId: 3, lift: 1 },
  });
  const mayStop = [true, false];
  const fisher = await diagonalFisher(head, [{ ...prompt([0, 1]), mayStop }]);
  const gradients = await head.gradients(twice, [0, 1], [1, 1], { mayStop });
  const without = await head.gradients(twice, [0, 1], [1, 1]);
  expect(gradients).not.toEqual(without);
  for (const name of PARAMETER_NAMES)
    for (const [i, value] of fisher[name].entries()) expect(value).toBeCloseTo(gradients[name][i]! ** 2, 6);
  await head.dispose();
});

it('tasks before the last one count by the decay', () => {
  const all = (value: number) => ({
    w1: Float32Array.of(value),
    b1: Float32Array.of(value),
    w2: Float32Array.of(value),
    b2: Float32Array.of(value),
  });
  expect(onlineFisher(all(4), all(1), 0.5)).toEqual(all(3));
  expect(onlineFisher(undefined, all(1), 0.5)).toEqual(all(1));
});

it('a weight that changes nothing is held by a tenth of the mean', () => {
  const fisher = {
    w1: Float32Array.of(0, 6),
    b1: Float32Array.of(0),
    w2: Float32Array.of(0, 2),
    b2: Float32Array.of(4),
  };
  expect(withFloor(fisher)).toEqual({
    w1: Float32Array.of(0.2, 6.2),
    b1: Float32Array.of(0.2),
    w2: Float32Array.of(0.2, 2.2),
    b2: Float32Array.of(4.2),
  });
});
