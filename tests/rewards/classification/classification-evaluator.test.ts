import { describe, expect, it } from 'vitest';
import { ScoreCache } from '../../../src/rewards/cache/score-cache.js';
import { ClassificationEvaluator } from '../../../src/rewards/classification/classification-evaluator.js';
import { examplesOf, ScriptedScorer, TEMPLATE, taskOf } from '../scripted-scorer.js';

const settings = { correct: 200, incorrect: 180, calibrate: 'none' } as const;
const train = examplesOf(['in0', 'in1', 'in2', 'in3'], [0, 0, 1, 1]);

function evaluatorOf(score: (prompt: string, input: string, label: string) => number, overrides = {}) {
  const scorer = new ScriptedScorer(score);
  const cache = new ScoreCache(scorer, { enabled: true });
  const task = taskOf(train, ['no', 'yes']);
  return {
    scorer,
    evaluator: new ClassificationEvaluator(task, scorer, cache, TEMPLATE, { ...settings, ...overrides }),
  };
}

/** Log odds of "yes" for each input; "no" scores 0. */
const odds = (byInput: Record<string, number>) => (_: string, input: string, label: string) =>
  label === 'yes' ? byInput[input]! : 0;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('ClassificationEvaluator', () => {
  it('gives the mean of the weighted probability gaps, by hand', async () => {
    const { evaluator } = evaluatorOf(odds({ in0: -1, in1: 2, in2: 3, in3: -0.5 }));
    const [evaluation] = await evaluator.evaluate([{ text: 'p', examples: train }], { details: true });
    const gapOf = (x: number): number => 2 * sigmoid(x) - 1;
    const rewards = [200 * gapOf(1), 180 * gapOf(-2), 200 * gapOf(3), 180 * gapOf(-0.5)];
    expect(evaluation!.reward).toBeCloseTo(rewards.reduce((a, b) => a + b) / 4, 4);
    expect(evaluation!.metrics.accuracy).toBe(0.5);
    // Margins 1, −2, 3 and −0.5: their mean is 0.375, their mean square 14.25/4.
    expect(evaluation!.margin).toBeCloseTo(0.375 / Math.sqrt(14.25 / 4), 6);
    expect(evaluation!.perClass!.map(({ label, n, accuracy }) => [label, n, accuracy])).toEqual([
      ['no', 2, 0.5],
      ['yes', 2, 0.5],
    ]);
    expect(evaluation!.confusion).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(evaluation!.outcomes!.map(({ predicted }) => predicted)).toEqual(['no', 'yes', 'yes', 'no']);
    expect(evaluation!.outcomes![2]!.probabilities!.yes).toBeCloseTo(sigmoid(3), 6);
  });

  it('counts a tie as wrong: two labels that score alike earn nothing', async () => {
    const { evaluator } = evaluatorOf(odds({ in0: 0, in1: 0, in2: 0, in3: 0 }));
    const [evaluation] = await evaluator.evaluate([{ text: 'p', examples: train }]);
    expect([evaluation!.reward, evaluation!.metrics.accuracy]).toEqual([0, 0]);
    expect(evaluation!.confusion).toEqual([
      [0, 2],
      [2, 0],
    ]);
  });

  it('is one evaluation for prompts that spell the same text, on the same examples only', async () => {
    const { evaluator, scorer } = evaluatorOf(odds({ in0: -1, in1: -1, in2: 1, in3: 1 }));
    const half = train.slice(0, 2);
    const all = await evaluator.evaluate([
      { text: 'p', examples: train },
      { text: 'p', examples: half },
      { text: 'p', examples: train },
    ]);
    expect(all[0]).toBe(all[2]);
    expect(all[1]!.exampleRewards!.length).toBe(2);
    expect(scorer.asked.length).toBe(4 + 2);
  });

  it('takes the mean label score over the train inputs off, so that a constant bias changes nothing', async () => {
    const values = { in0: -1, in1: -2, in2: 3, in3: 1 };
    const biased = (p: string, input: string, label: string) =>
      odds(values)(p, input, label) + (label === 'yes' ? 50 : 0);
    const plain = evaluatorOf(odds(values), { calibrate: 'inputs' });
    const shifted = evaluatorOf(biased, { calibrate: 'inputs' });
    const item = [{ text: 'p', examples: train }];
    const [a] = await plain.evaluator.evaluate(item);
    const [b] = await shifted.evaluator.evaluate(item);
    expect(b!.reward).toBeCloseTo(a!.reward, 3);
    expect(b!.metrics.accuracy).toBe(1);
    expect(b!.labelOffsets![1]).toBeCloseTo(50 + (-1 - 2 + 3 + 1) / 4, 4);
    expect(shifted.scorer.asked.length).toBe(4);
  });

  it('reads a content-free input for the calibration "content-free"', async () => {
    const { evaluator, scorer } = evaluatorOf((_, input, label) => (label === 'yes' ? (input === 'N/A' ? 2 : 1) : 0), {
      calibrate: 'content-free',
    });
    const [evaluation] = await evaluator.evaluate([{ text: 'p', examples: train }]);
    expect(scorer.asked).toContain('p|N/A');
    expect(evaluation!.labelOffsets).toEqual([0, 2]);
    expect(evaluation!.metrics.accuracy).toBe(0.5);
  });
});
