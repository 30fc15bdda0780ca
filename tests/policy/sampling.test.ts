import { describe, expect, it } from 'vitest';
import { type Candidates, greedyTokens, sampleTokens } from '../../src/policy/sampling.js';
import { Rng } from '../../src/random/rng.js';

const LOGITS = [2, 1, 0, -1];
const VALUE = Math.log(LOGITS.reduce((sum, logit) => sum + Math.exp(logit), 0));

/** The same four candidates, ids 10 … 13, in every row; V as if the vocabulary held one more token as likely as all four. */
function candidates(rows: number): Candidates {
  return {
    rows,
    width: 4,
    logits: Float32Array.from({ length: rows * 4 }, (_, i) => LOGITS[i % 4]!),
    tokenIds: Int32Array.from({ length: rows * 4 }, (_, i) => 10 + (i % 4)),
    values: new Float32Array(rows).fill(VALUE + Math.log(2)),
  };
}

function frequencies(options: Parameters<typeof sampleTokens>[2]): number[] {
  const { tokenIds } = sampleTokens(candidates(40_000), Rng.create(0, 'sampling'), options);
  return [10, 11, 12, 13].map((id) => tokenIds.filter((chosen) => chosen === id).length / tokenIds.length);
}

function expectClose(actual: number[], expected: number[]): void {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(0.01);
}

const softmax = (temperature: number, kept = LOGITS.length) => {
  const weights = LOGITS.map((logit, i) => (i < kept ? Math.exp(logit / temperature) : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

describe('sampling a token', () => {
  it('follows the softmax of the candidates, and of the candidates over the temperature', () => {
    expectClose(frequencies({}), softmax(1));
    expectClose(frequencies({ temperature: 3 }), softmax(3));
  });

  it('keeps with top-p the fewest candidates that reach the sum', () => {
    // softmax is 0.64, 0.24, 0.09, 0.03
    expectClose(frequencies({ topP: 0.6 }), [1, 0, 0, 0]);
    expectClose(frequencies({ topP: 0.8 }), softmax(1, 2));
  });

  it('keeps the likeliest wherever they stand, of equals the first', () => {
    const draw = (logits: number[], topP: number): Set<number> => {
      const whole = {
        rows: 500,
        width: 4,
        logits: Float32Array.from(Array(500).fill(logits).flat()),
        tokenIds: undefined,
      };
      const values = new Float32Array(500);
      return new Set(sampleTokens({ ...whole, values }, Rng.create(3, 'sampling'), { topP }).tokenIds);
    };
    expect(draw([-1, 2, 0, 1], 0.8)).toEqual(new Set([1, 3]));
    expect(draw([0, 1, 1, 1], 0.25)).toEqual(new Set([1]));
  });

  it('stops with top-p at the candidate that reaches the sum exactly', () => {
    // As below: the shares are exactly 0.75 and 0.25.
    expect(frequencies({ distribution: 'sparsemax', temperature: 2, topP: 0.75 })).toEqual([1, 0, 0, 0]);
  });

  it('bears logits whose exponential no number holds', () => {
    const large = candidates(500);
    const raised = { ...large, logits: large.logits.map((logit) => logit + 1000) };
    const draw = (from: Candidates) => sampleTokens(from, Rng.create(4, 'sampling')).tokenIds;
    expect(draw(raised)).toEqual(draw(large));
  });

  it('follows sparsemax where asked, which gives far tokens no chance at all', () => {
    // z / 2 = 1, 0.5, 0, −0.5: the support is the first two, τ = 0.25
    expectClose(frequencies({ distribution: 'sparsemax', temperature: 2 }), [0.75, 0.25, 0, 0]);
    expect(frequencies({ distribution: 'sparsemax' })).toEqual([1, 0, 0, 0]);
  });

  it('reports log π under the full policy beside the probability it drew with', () => {
    const { tokenIds, logProbs, samplingLogProbs } = sampleTokens(candidates(50), Rng.create(1, 'sampling'));
    for (const [row, id] of tokenIds.entries()) {
      const logProb = LOGITS[id - 10]! - VALUE;
      expect(samplingLogProbs[row]).toBeCloseTo(logProb, 5);
      expect(logProbs[row]).toBeCloseTo(logProb - Math.log(2), 5);
    }
  });

  it('repeats itself with the same seed and takes one number a row', () => {
    const rng = Rng.create(5, 'sampling');
    const { tokenIds } = sampleTokens(candidates(20), rng);
    expect(rng.save().counter).toBe(40);
    const again = Rng.create(5, 'sampling');
    const halves = [sampleTokens(candidates(10), again), sampleTokens(candidates(10), again)];
    expect(halves.flatMap((half) => half.tokenIds)).toEqual(tokenIds);
  });

  it('never draws what a mask has taken out', () => {
    const masked = candidates(5000);
    for (let row = 0; row < 5000; row++) masked.logits[row * 4] = -1e9;
    expect(sampleTokens(masked, Rng.create(2, 'sampling')).tokenIds).not.toContain(10);
  });

  it('refuses a policy whose value is not finite', () => {
    const broken = { ...candidates(1), values: Float32Array.of(Number.NaN) };
    const draw = () => sampleTokens(broken, Rng.create(0, 'sampling'));
    expect(draw).toThrow(/row 0 is NaN/);
    expect(draw).toThrow(expect.objectContaining({ code: 'E_POLICY_NONFINITE', exit: 'numeric' }));
  });
});

describe('the greedy choice', () => {
  it('is the largest logit, and the first among equals', () => {
    expect(greedyTokens(candidates(2)).tokenIds).toEqual([10, 10]);
    const whole = {
      rows: 1,
      width: 3,
      logits: Float32Array.of(0, 7, 7),
      tokenIds: undefined,
      values: Float32Array.of(8),
    };
    const { tokenIds, logProbs } = greedyTokens(whole);
    expect([tokenIds, logProbs[0]]).toEqual([[1], -1]);
  });
});
