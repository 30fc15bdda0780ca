import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logVarianceLoss } from '../../src/losses/log-variance.js';
import { SOFT_Q_KINDS, type SoftQKind, softQLoss } from '../../src/losses/soft-q.js';
import { Rng } from '../../src/random/rng.js';
import { shapeReward } from '../../src/rewards/shaping/reward-shaper.js';
import { zScore } from '../../src/rewards/shaping/z-score.js';
import { numericalGradient, relativeError } from './numerical-gradient.js';
import { TabularPolicy } from './tabular-policy.js';

interface GoldenCase {
  batch: number;
  time: number;
  vocabulary: number;
  logits: number[];
  targetLogits: number[];
  actions: number[];
  rewards: number[];
  singleStep: { loss: number; gradLogits: number[] };
  multiStep: { loss: number; gradLogits: number[] };
  both: { loss: number; gradLogits: number[] };
}

const goldens = JSON.parse(readFileSync('tests/fixtures/goldens/soft-q-loss.json', 'utf8')) as { cases: GoldenCase[] };
const GOLDEN_KEYS = { 'single-step': 'singleStep', 'multi-step': 'multiStep', both: 'both' } as const;

it('soft Q-learning over one token whose level is that of the batch is the log-variance loss', () => {
  const [logProbs, rewards] = [
    [-1, -3, -0.5],
    [2, 0, 5],
  ];
  const soft = softQLoss({
    batch: 3,
    time: 1,
    logProbs,
    rewards,
    targetValues: [1, 1, 1],
    kind: 'both',
    level: 'batch',
  });
  const variance = logVarianceLoss({ batch: 3, time: 1, logProbs, rewards });
  expect(soft.loss).toBeCloseTo(variance.loss, 12);
  expect(relativeError(soft.weights, variance.weights)).toBeLessThan(1e-12);
});

describe.each(SOFT_Q_KINDS)('the %s soft Q-learning loss', (kind) => {
  it.each(goldens.cases.map((golden, index) => ({ golden, index })))(
    'agrees with the public implementation on case $index',
    ({ golden }) => {
      const rows = rowsOf(golden);
      const { loss, weights } = softQLoss({ ...golden, ...rows, kind });
      const expected = golden[GOLDEN_KEYS[kind]];
      expect(Math.abs(loss - expected.loss) / expected.loss).toBeLessThan(1e-5);
      const gradLogits = rows.probabilities.map(
        (probability, i) => weights[Math.floor(i / golden.vocabulary)]! * (rows.chosen[i]! - probability),
      );
      expect(relativeError(gradLogits, expected.gradLogits)).toBeLessThan(1e-5);
    },
  );

  it('has weights equal to its finite differences where the batch gives the level of V', () => {
    const rng = Rng.create(6, 'search');
    const random = (n: number) => Array.from({ length: n }, () => 4 * rng.float() - 2);
    const input = { batch: 3, time: 4, targetValues: random(12), rewards: random(3), kind, level: 'batch' as const };
    const logProbs = random(12);
    const { loss, weights } = softQLoss({ ...input, logProbs });
    const expected = numericalGradient((at) => softQLoss({ ...input, logProbs: at }).loss, logProbs);
    expect(relativeError(weights, expected)).toBeLessThan(1e-8);
    const raised = input.targetValues.map((value) => value + 7);
    const rewards = kind === 'multi-step' ? input.rewards : input.rewards.map((reward) => reward + 7);
    expect(softQLoss({ ...input, logProbs, targetValues: raised, rewards }).loss).toBeCloseTo(loss, 9);
  });

  it('has weights equal to its finite differences', () => {
    const rng = Rng.create(5, 'search');
    const random = (n: number) => Array.from({ length: n }, () => 4 * rng.float() - 2);
    const input = { batch: 3, time: 4, targetValues: random(12), rewards: random(3), kind };
    const logProbs = random(12);
    const { weights } = softQLoss({ ...input, logProbs });
    const expected = numericalGradient((at) => softQLoss({ ...input, logProbs: at }).loss, logProbs);
    expect(relativeError(weights, expected)).toBeLessThan(1e-8);
  });

  it('lets a uniform policy find the rewarded last token over a whole training curve', () => {
    const meanRewards = train(kind, 300);
    expect(mean(meanRewards.slice(0, 10))).toBeLessThan(0.5);
    expect(mean(meanRewards.slice(-10))).toBeGreaterThan(0.9);
  });
});

describe('soft Q-learning losses in general', () => {
  it('`both` is the mean of the other two', () => {
    const input = { batch: 1, time: 2, logProbs: [-1, -2], targetValues: [0.5, 1.5], rewards: [3] };
    const single = softQLoss({ ...input, kind: 'single-step' });
    const multi = softQLoss({ ...input, kind: 'multi-step' });
    // (−1 − (1.5 − 0.5))² + (−2 − (3 − 1.5))² and (−3 − (3 − 0.5))² + (−2 − (3 − 1.5))²
    expect(single.loss).toBeCloseTo(4 + 12.25, 12);
    expect(multi.loss).toBeCloseTo(30.25 + 12.25, 12);
    expect(softQLoss({ ...input, kind: 'both' }).loss).toBeCloseTo((16.25 + 42.5) / 2, 12);
  });

  it('refuses arrays that do not fit batch and time, and kinds that do not exist', () => {
    const input = { batch: 2, time: 2, logProbs: [0, 0, 0, 0], targetValues: [0, 0, 0], rewards: [1, 2] };
    expect(() => softQLoss({ ...input, kind: 'both' })).toThrow(/targetValues holds 3 numbers/);
    const kind = 'v2' as SoftQKind;
    const message = expect.stringMatching(/"v2" does not exist; there are single-step, multi-step, both/) as string;
    expect(() => softQLoss({ ...input, targetValues: [0, 0, 0, 0], kind })).toThrow(
      expect.objectContaining({ code: 'E_LOSS_KIND', exitCode: 78, message }),
    );
  });
});

function rowsOf(golden: GoldenCase) {
  const cells = golden.batch * golden.time;
  const logSumExp = (logits: number[], row: number) => {
    const entries = logits.slice(row * golden.vocabulary, (row + 1) * golden.vocabulary);
    return Math.log(entries.reduce((sum, logit) => sum + Math.exp(logit), 0));
  };
  const range = Array.from({ length: cells }, (_, row) => row);
  const values = range.map((row) => logSumExp(golden.logits, row));
  return {
    logProbs: range.map((row) => golden.logits[row * golden.vocabulary + golden.actions[row]!]! - values[row]!),
    targetValues: range.map((row) => logSumExp(golden.targetLogits, row)),
    probabilities: golden.logits.map((logit, i) => Math.exp(logit - values[Math.floor(i / golden.vocabulary)]!)),
    chosen: golden.logits.map((_, i) =>
      i % golden.vocabulary === golden.actions[Math.floor(i / golden.vocabulary)] ? 1 : 0,
    ),
  };
}

/** Mean raw reward of each step: 1 where the last of two tokens is token 3, z-scored and shaped as the paper does. */
function train(kind: SoftQKind, steps: number): number[] {
  const policy = new TabularPolicy(2, 5);
  const rng = Rng.create(0, 'sampling');
  const targetValues = policy.values(32);
  return Array.from({ length: steps }, () => {
    const actions = policy.sample(16, rng);
    const raw = Array.from({ length: 16 }, (_, row) => (actions[row * 2 + 1] === 3 ? 1 : 0));
    const rewards = zScore(raw).map((value) => shapeReward(value, { from: [0, 1], to: [0, 5] }));
    const { weights } = softQLoss({
      batch: 16,
      time: 2,
      logProbs: policy.logProbs(actions),
      targetValues,
      rewards,
      kind,
    });
    policy.descend(actions, weights, 0.02);
    return mean(raw);
  });
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
