import { afterAll, describe, expect, it } from 'vitest';
import { PARAMETER_NAMES } from '../../src/policy/parameters/mlp-parameters.js';
import { PolicyHead } from '../../src/policy/policy-head.js';
import type { PolicyHeadOptions } from '../../src/policy/policy-head-types.js';
import { maskBias } from '../../src/policy/token-mask.js';
import { Rng } from '../../src/random/rng.js';
import { numericalGradient, relativeError } from '../losses/numerical-gradient.js';
import { entropy, klDivergence, lmLogits, logSumExp, type Parameters, referenceLogits } from './reference-policy.js';

const rng = Rng.create(11, 'search');
const random = (n: number, size: number) => Float32Array.from({ length: n }, () => size * (2 * rng.float() - 1));

const shape = { hiddenSize: 5, innerSize: 7, vocabularySize: 13 };
const parameters = { w1: random(35, 1), b1: random(7, 1), w2: random(35, 1), b2: random(5, 1) };
const headWeights = random(65, 1);
const headBias = random(13, 1);
const tokenBias = maskBias(Uint8Array.from({ length: 13 }, (_, id) => (id === 4 || id === 9 ? 0 : 1)));
const n = 6;
const hidden = random(n * 5, 1);
const actions = [0, 3, 12, 3, 8, 1];
const range = (values: readonly number[][], of: (logits: number[], row: number) => number) => values.map(of);

/** Every option that changes the logits, and what the logits then are. */
const cases: {
  title: string;
  options: Partial<PolicyHeadOptions>;
  bias: ArrayLike<number>;
  lmBias: ArrayLike<number>;
}[] = [
  { title: 'plain', options: {}, bias: new Array(13).fill(0), lmBias: new Array(13).fill(0) },
  { title: 'logit bias', options: { logitBias: -10 }, bias: new Array(13).fill(-10), lmBias: new Array(13).fill(0) },
  {
    title: 'head bias, mask and LM prior',
    options: { headBias, tokenBias, priorWeight: 0.5, logitBias: 2 },
    bias: headBias.map((value, id) => 1.5 * value + tokenBias[id]! + 2),
    lmBias: headBias.map((value, id) => value + tokenBias[id]!),
  },
];

describe.each(cases)('the policy head ($title)', ({ options, bias, lmBias }) => {
  const create = () => PolicyHead.create({ ...shape, headWeights, parameters, ...options });
  const head = create();
  const reference = { ...shape, head: headWeights, bias, priorWeight: options.priorWeight ?? 0 };
  const logits = referenceLogits(reference, parameters, hidden);
  const priorLogits = lmLogits({ ...reference, bias: lmBias }, hidden);
  afterAll(async () => (await head).dispose());

  it('gives log π, V, entropy and KL to the LM as the plain loops do', async () => {
    const { logProbs, values, entropies, kls } = await (await head).evaluate(hidden, actions, { regulariser: 'kl' });
    const expected = range(logits, (row, i) => row[actions[i]!]! - logSumExp(row));
    expect(relativeError(logProbs, expected)).toBeLessThan(1e-5);
    expect(relativeError(values, range(logits, logSumExp))).toBeLessThan(1e-5);
    expect(relativeError(entropies, range(logits, entropy))).toBeLessThan(1e-5);
    const divergences = range(logits, (row, i) => klDivergence(row, priorLogits[i]!));
    expect(relativeError(kls!, divergences)).toBeLessThan(1e-5);
    const alone = await (await head).logProbs(hidden, actions);
    expect(relativeError(alone.logProbs, expected)).toBeLessThan(1e-5);
    expect(relativeError(alone.values, values)).toBeLessThan(1e-6);
  });

  it('gives them from a head of its own', async () => {
    const own = await create();
    const { logProbs } = await own.logProbs(hidden, actions);
    const ofLm = await own.lmLogProbs(hidden, actions);
    await own.dispose();
    expect(
      relativeError(
        logProbs,
        range(logits, (row, i) => row[actions[i]!]! - logSumExp(row)),
      ),
    ).toBeLessThan(1e-5);
    expect(relativeError(ofLm.values, range(priorLogits, logSumExp))).toBeLessThan(1e-5);
  });

  it("gives the frozen LM's own log-probabilities over the allowed tokens", async () => {
    const { logProbs, values } = await (await head).lmLogProbs(hidden, actions);
    const expected = range(priorLogits, (row, i) => row[actions[i]!]! - logSumExp(row));
    expect(relativeError(logProbs, expected)).toBeLessThan(1e-5);
    expect(relativeError(values, range(priorLogits, logSumExp))).toBeLessThan(1e-5);
  });

  const weights = Array.from({ length: n }, () => 4 * rng.float() - 2);
  const regulariserWeights = Array.from({ length: n }, () => 4 * rng.float() - 2);
  const weighted = (values: number[], by: number[]) => values.reduce((sum, value, i) => sum + value * by[i]!, 0);

  it('has gradients of log π equal to finite differences in double precision', async () => {
    const gradients = await (await head).gradients(hidden, actions, Float32Array.from(weights));
    await expectGradients(gradients, (at) =>
      weighted(
        range(referenceLogits(reference, at, hidden), (row, i) => row[actions[i]!]! - logSumExp(row)),
        weights,
      ),
    );
  });

  it('has gradients of Q, the chosen logit, equal to finite differences', async () => {
    const gradients = await (await (await head).evaluate(hidden, actions)).gradients({ qWeights: weights });
    await expectGradients(gradients, (at) =>
      weighted(
        range(referenceLogits(reference, at, hidden), (row, i) => row[actions[i]!]!),
        weights,
      ),
    );
  });

  it.each(['entropy', 'kl'] as const)(
    'has gradients with a term of %s equal to finite differences',
    async (regulariser) => {
      const evaluation = await (await head).evaluate(hidden, actions, { regulariser });
      const gradients = await evaluation.gradients({ weights, regulariserWeights });
      await expectGradients(gradients, (at) => {
        const rows = referenceLogits(reference, at, hidden);
        const term = (row: number[], i: number) =>
          regulariser === 'entropy' ? entropy(row) : klDivergence(row, priorLogits[i]!);
        return (
          weighted(
            range(rows, (row, i) => row[actions[i]!]! - logSumExp(row)),
            weights,
          ) + weighted(range(rows, term), regulariserWeights)
        );
      });
    },
  );

  it('offers the tokens with the largest logits, largest first, with V of the full policy', async () => {
    const { tokenIds, logits: offered, values, width } = await (await head).candidates(hidden, { topK: 4 });
    expect(width).toBe(4);
    const order = logits.map((row) => [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, 4));
    expect(Array.from(tokenIds!)).toEqual(order.flat());
    expect(
      relativeError(
        offered,
        order.flatMap((ids, row) => ids.map((id) => logits[row]![id]!)),
      ),
    ).toBeLessThan(1e-5);
    expect(relativeError(values, range(logits, logSumExp))).toBeLessThan(1e-5);
  });

  it('offers only what a sampling mask allows and leaves V alone', async () => {
    const mask = maskBias(Uint8Array.from({ length: 13 }, (_, id) => (id === 2 || id === 5 ? 1 : 0)));
    const few = await (await head).candidates(hidden, { topK: 2, mask });
    for (let row = 0; row < n; row++) expect([...few.tokenIds!.subarray(2 * row, 2 * row + 2)].sort()).toEqual([2, 5]);
    expect(relativeError(few.values, range(logits, logSumExp))).toBeLessThan(1e-5);
    const all = await (await head).candidates(hidden);
    expect([all.width, all.tokenIds]).toEqual([13, undefined]);
    expect(relativeError(all.logits, logits.flat())).toBeLessThan(1e-5);
  });

  async function expectGradients(gradients: Parameters, objective: (at: Parameters) => number): Promise<void> {
    for (const name of PARAMETER_NAMES) {
      const expected = numericalGradient((at) => objective({ ...parameters, [name]: at }), parameters[name]);
      expect(relativeError(gradients[name], expected), name).toBeLessThan(1e-4);
    }
  }
});

describe('a stop token', () => {
  const stop = { tokenId: 4, lift: 1.5 };
  const mayStop = [true, false, true, true, false, false];
  const create = () =>
    PolicyHead.create({ ...shape, headWeights, parameters, headBias, tokenBias, priorWeight: 0.5, stop });
  const head = create();
  afterAll(async () => (await head).dispose());
  /** The logits of a row where it may not come, or may. */
  const referenceOf = (priorWeight: number, lift: number) => {
    const open = Array.from(headBias, (value, id) => {
      return (1 + priorWeight) * value + (id === stop.tokenId ? lift : tokenBias[id]!);
    });
    const closed = open.map((value, id) => (id === stop.tokenId ? -1e9 : value));
    return [closed, open].map((bias) => ({ ...shape, head: headWeights, bias, priorWeight }));
  };
  const chosen = [4, 3, 12, 4, 8, 1];
  const rowsBy = (logitsOf: (kind: number) => number[][]) => mayStop.map((may, row) => logitsOf(may ? 1 : 0)[row]!);
  const policyRows = (at: Parameters = parameters) =>
    rowsBy((kind) => referenceLogits(referenceOf(0.5, 0.5 * stop.lift)[kind]!, at, hidden));
  const lmRows = rowsBy((kind) => lmLogits({ ...referenceOf(0, stop.lift)[kind]! }, hidden));
  const logProbsOf = (rows: readonly number[][]) => rows.map((row, i) => row[chosen[i]!]! - logSumExp(row));

  it('comes at the steps named, in the policy and in the LM, which are run together and given back in order', async () => {
    const { logProbs, entropies, kls } = await (await head).evaluate(hidden, chosen, { regulariser: 'kl', mayStop });
    expect(relativeError(logProbs, logProbsOf(policyRows()))).toBeLessThan(1e-5);
    expect(relativeError(entropies, policyRows().map(entropy))).toBeLessThan(1e-5);
    expect(
      relativeError(
        kls!,
        policyRows().map((row, i) => klDivergence(row, lmRows[i]!)),
      ),
    ).toBeLessThan(1e-5);
    const alone = await (await head).logProbs(hidden, chosen, { mayStop });
    expect(relativeError(alone.logProbs, logProbs)).toBeLessThan(1e-6);
    const lm = await (await head).lmLogProbs(hidden, chosen, { mayStop });
    expect(relativeError(lm.logProbs, logProbsOf(lmRows))).toBeLessThan(1e-5);
    expect(relativeError(lm.values, lmRows.map(logSumExp))).toBeLessThan(1e-5);
  });

  it('has gradients equal to finite differences', async () => {
    const weights = Array.from({ length: n }, () => 4 * rng.float() - 2);
    const gradients = await (await head).gradients(hidden, chosen, weights, { mayStop });
    for (const name of PARAMETER_NAMES) {
      const objective = (at: ArrayLike<number>) =>
        logProbsOf(policyRows({ ...parameters, [name]: at })).reduce((sum, value, i) => sum + value * weights[i]!, 0);
      expect(relativeError(gradients[name], numericalGradient(objective, parameters[name])), name).toBeLessThan(1e-4);
    }
  });

  it('is out of the policy everywhere else', async () => {
    const { logProbs } = await (await head).logProbs(hidden, chosen);
    expect(logProbs[0]).toBeLessThan(-1e8);
    expect(logProbs[1]).toBeGreaterThan(-100);
    const never = await (await head).logProbs(hidden, chosen, { mayStop: new Array(n).fill(false) });
    expect([...never.logProbs]).toEqual([...logProbs]);
    const [closed, open] = await Promise.all(
      [false, true].map(async (may) => (await head).candidates(hidden, { topK: 13, mayStop: may })),
    );
    expect(Math.min(...closed!.logits.filter((_, i) => closed!.tokenIds === undefined && i % 13 === 4))).toBeLessThan(
      -1e8,
    );
    expect(Math.min(...open!.logits.filter((_, i) => i % 13 === 4))).toBeGreaterThan(-100);
  });

  it('needs a word for each step', async () => {
    await expect((await head).logProbs(hidden, chosen, { mayStop: [true] })).rejects.toThrow(/mayStop holds 1.*6/);
  });
});

describe('the policy head in general', () => {
  it('starts next to uniform, by the seed, with Xavier bounds', async () => {
    const create = (seed: number) => PolicyHead.create({ ...shape, headWeights, seed });
    const [one, same, other] = await Promise.all([create(1), create(1), create(2)]);
    expect(one.parameters).toEqual(same.parameters);
    expect(one.parameters.w1).not.toEqual(other.parameters.w1);
    const bound = 1e-4 * Math.sqrt(6 / 12);
    expect(Math.max(...one.parameters.w1.map(Math.abs))).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(Math.max(...one.parameters.w1.map(Math.abs))).toBeGreaterThan(bound * 0.8);
    expect(one.parameters.b1.every((value) => value === Math.fround(-1e-4))).toBe(true);
    const { values, entropies } = await one.evaluate(hidden, actions);
    for (const value of [...values, ...entropies]) expect(value).toBeCloseTo(Math.log(13), 2);
  });

  it('gives the same numbers for many rows as for few', async () => {
    const head = await PolicyHead.create({ ...shape, headWeights, parameters });
    const many = random(300 * 5, 1);
    const chosen = Array.from({ length: 300 }, (_, row) => row % 13);
    const { logProbs } = await head.logProbs(many, chosen);
    const last = await head.logProbs(many.subarray(290 * 5), chosen.slice(290));
    expect(relativeError(logProbs.subarray(290), last.logProbs)).toBeLessThan(1e-6);
    const weights = random(300, 1);
    const whole = await head.gradients(many, chosen, weights);
    const first = await head.gradients(many.subarray(0, 750), chosen.slice(0, 150), weights.subarray(0, 150));
    const second = await head.gradients(many.subarray(750), chosen.slice(150), weights.subarray(150));
    for (const name of PARAMETER_NAMES) {
      const sum = first[name].map((value, i) => value + second[name][i]!);
      expect(relativeError(whole[name], sum), name).toBeLessThan(1e-5);
    }
  });

  it('gives the same bits from another instance, so that a resumed run can be exact', async () => {
    const weights = random(n, 1);
    const results = [];
    for (let run = 0; run < 2; run++) {
      const head = await PolicyHead.create({ ...shape, headWeights, parameters });
      results.push(await head.logProbs(hidden, actions), await head.gradients(hidden, actions, weights));
      await head.dispose();
    }
    expect(results[2]).toEqual(results[0]);
    expect(results[3]).toEqual(results[1]);
  });

  it('takes no rows without complaint', async () => {
    const head = await PolicyHead.create({ ...shape, headWeights, parameters });
    expect((await head.logProbs([], [])).logProbs).toHaveLength(0);
    expect((await head.gradients([], [], [])).w1).toEqual(new Float32Array(35));
  });

  it('evaluates other parameters, such as a target network, without touching its own', async () => {
    const head = await PolicyHead.create({ ...shape, headWeights, parameters });
    const targetNetwork = { ...parameters, b2: random(5, 1) };
    const reference = { ...shape, head: headWeights, bias: new Array(13).fill(0) };
    const { values } = await head.logProbs(hidden, actions, { parameters: targetNetwork });
    expect(relativeError(values, referenceLogits(reference, targetNetwork, hidden).map(logSumExp))).toBeLessThan(1e-5);
    expect(head.parameters).toEqual(parameters);
  });

  it('refuses arrays of the wrong size and tokens outside the head, by name', async () => {
    await expect(PolicyHead.create({ ...shape, headWeights: [1, 2] })).rejects.toThrow(/headWeights holds 2.*65/);
    const wrong = { ...parameters, b1: [1] };
    await expect(PolicyHead.create({ ...shape, headWeights, parameters: wrong })).rejects.toThrow(/parameter b1/);
    const head = await PolicyHead.create({ ...shape, headWeights, parameters });
    await expect(head.logProbs(hidden, [1])).rejects.toThrow(/hidden holds 30 numbers, expected 5/);
    for (const id of [13, -1, 1.5]) {
      const wrongAction = head.logProbs(hidden.subarray(0, 5), [id]);
      await expect(wrongAction).rejects.toThrow(`token id ${id} is not one of the head's 13`);
      await expect(wrongAction).rejects.toMatchObject({ code: 'E_POLICY_ACTION', exit: 'internal' });
    }
    await expect(PolicyHead.create({ ...shape, headWeights, headBias: [1] })).rejects.toThrow(
      /headBias holds 1 numbers/,
    );
    const tokens = Float32Array.of(0, 0);
    await expect(PolicyHead.create({ ...shape, headWeights, tokenBias: tokens })).rejects.toThrow(/tokenBias holds 2/);
    await expect(head.candidates(hidden, { mask: tokens })).rejects.toThrow(/mask holds 2 numbers, expected 13/);
    const { gradients } = await head.evaluate(hidden, actions);
    const weightsOfTwo = (async () => await gradients({ weights: [1, 2] }))();
    await expect(weightsOfTwo).rejects.toThrow(/weights holds 2 numbers, expected 6/);
    await expect(weightsOfTwo).rejects.toMatchObject({ code: 'E_POLICY_SHAPE', exit: 'internal' });
  });
});
