import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classificationGap } from '../../src/rewards/classification/classification-gap.js';
import { labelProbabilities } from '../../src/rewards/classification/label-probabilities.js';
import { shapeReward } from '../../src/rewards/shaping/reward-shaper.js';
import { zScore } from '../../src/rewards/shaping/z-score.js';
import { relativeError } from '../losses/numerical-gradient.js';

interface GoldenCase {
  prompts: number;
  examples: number;
  classes: number;
  labelLogits: number[];
  labels: number[];
  rawRewards: number[];
  accuracies: number[];
  zScores: number[];
  shaped: number[];
}

const goldens = JSON.parse(readFileSync('tests/fixtures/goldens/classification-reward.json', 'utf8')) as {
  cases: GoldenCase[];
};

describe('the classification reward', () => {
  it.each(goldens.cases)('agrees with the public implementation for $classes classes', (golden) => {
    const prompts = Array.from({ length: golden.prompts }, (_, prompt) => evaluate(golden, prompt));
    const rewards = prompts.map(({ reward }) => reward);
    expect(relativeError(rewards, golden.rawRewards)).toBeLessThan(1e-5);
    const accuracies = prompts.map(({ accuracy }) => accuracy);
    expect(relativeError(accuracies, golden.accuracies)).toBeLessThan(1e-6);
    const zScores = zScore(rewards);
    expect(relativeError(zScores, golden.zScores)).toBeLessThan(1e-5);
    const shaped = zScores.map((value) => shapeReward(value, { from: [0, 1], to: [0, 5] }));
    expect(relativeError(shaped, golden.shaped)).toBeLessThan(1e-5);
  });
});

function evaluate(golden: GoldenCase, prompt: number): { reward: number; accuracy: number } {
  const gaps = golden.labels.map((label, example) => {
    const start = (prompt * golden.examples + example) * golden.classes;
    const labels = golden.labelLogits
      .slice(start, start + golden.classes)
      .map((logit) => ({ tokenLogProbs: [logit], words: 1 }));
    return classificationGap(labelProbabilities(labels, 'none'), label);
  });
  return {
    reward: gaps.reduce((sum, { reward }) => sum + reward / gaps.length, 0),
    accuracy: gaps.reduce((sum, { correct }) => sum + (correct ? 1 : 0) / gaps.length, 0),
  };
}
