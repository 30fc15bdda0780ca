import { describe, expect, it } from 'vitest';
import { ensembleScores } from '../../../src/rewards/classification/ensemble-scores.js';
import type { Evaluation } from '../../../src/task/types.js';

/** [good probability of each example], whose labels are good, bad, good. */
function evaluation(good: readonly number[]): Evaluation {
  const outcomes = good.map((p, index) => ({
    index,
    label: index === 1 ? 'bad' : 'good',
    predicted: p > 0.5 ? 'good' : 'bad',
    probabilities: { bad: 1 - p, good: p },
    reward: 0,
  }));
  return { reward: 0, metrics: {}, outcomes };
}

const settings = { correct: 200, incorrect: 180 };

describe('prompts together', () => {
  it('predict by the mean of their probabilities: right where each alone is wrong once', () => {
    const members = [evaluation([0.9, 0.2, 0.45]), evaluation([0.45, 0.3, 0.9])];
    const { accuracy, reward } = ensembleScores(members, settings);
    expect(accuracy).toBe(1);
    // Gaps of the means 0.675, 0.25 and 0.675: 0.35, 0.5 and 0.35.
    expect(reward).toBeCloseTo((200 * (0.35 + 0.5 + 0.35)) / 3, 10);
    expect(ensembleScores([members[0]!], settings).accuracy).toBeCloseTo(2 / 3, 12);
  });

  it('a wrong mean counts as wrong, with the weight of a wrong answer', () => {
    const { accuracy, reward } = ensembleScores([evaluation([0.2, 0.4, 0.9]), evaluation([0.3, 0.4, 0.7])], settings);
    expect(accuracy).toBeCloseTo(2 / 3, 12);
    expect(reward).toBeCloseTo((180 * -0.5 + 200 * 0.2 + 200 * 0.6) / 3, 10);
  });
});
