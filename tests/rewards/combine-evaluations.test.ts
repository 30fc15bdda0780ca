import { describe, expect, it } from 'vitest';
import { combineEvaluations } from '../../src/rewards/combine-evaluations.js';
import type { Evaluation, Example } from '../../src/task/types.js';

const example = (index: number, reference?: string): Example => ({
  index,
  text: `input ${index}`,
  fields: reference === undefined ? {} : { reference },
});

describe('prompts of one input each, together', () => {
  it('have the mean reward and accuracy of their inputs, and their counts by label', () => {
    const classified = (label: number, predicted: number, reward: number): Evaluation => ({
      reward,
      metrics: { accuracy: Number(label === predicted) },
      confusion: [0, 1].map((row) => [0, 1].map((column) => Number(row === label && column === predicted))),
      perClass: [{ label: ['ham', 'spam'][label]!, n: 1, accuracy: Number(label === predicted), reward }],
    });
    const parts = [classified(1, 1, 100), classified(0, 1, -60), classified(1, 0, -10), classified(1, 1, 50)];
    const combined = combineEvaluations(
      parts,
      [0, 1, 2, 3].map((index) => example(index)),
    );
    expect(combined.reward).toBe(20);
    expect(combined.metrics).toEqual({ accuracy: 0.5 });
    expect(combined.confusion).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(combined.perClass).toEqual([
      { label: 'ham', n: 1, accuracy: 0, reward: -60 },
      { label: 'spam', n: 3, accuracy: 2 / 3, reward: 140 / 3 },
    ]);
    expect([...combined.exampleRewards!]).toEqual([100, -60, -10, 50]);
  });

  it('have for a corpus what single outputs have not: gm of the means, geometric perplexity, corpus BLEU', () => {
    const written = (index: number, quality: number, perplexity: number | undefined, output: string): Evaluation => ({
      reward: quality,
      metrics: {
        content: quality,
        style: quality,
        fluency: 1,
        joint: quality * quality,
        gm: Math.cbrt(quality * quality),
        bleu: 3,
        ...(perplexity === undefined ? {} : { perplexity }),
      },
      parts: { content: 100 * quality, style: 100 * quality },
      outcomes: [{ index, output, reward: quality }],
    });
    const reference = 'the cat sat on the mat today';
    const parts = [written(0, 0.9, 4, reference), written(1, 0.1, 16, reference), written(2, 0.5, undefined, '')];
    const examples = [example(0, reference), example(1, reference), example(2)];
    const { metrics, parts: objectives, outcomes } = combineEvaluations(parts, examples);
    expect(metrics.content).toBeCloseTo(0.5, 12);
    expect(metrics.joint).toBeCloseTo((0.81 + 0.01 + 0.25) / 3, 12);
    expect(metrics.gm).toBeCloseTo(Math.cbrt(0.25), 12);
    expect(metrics.perplexity).toBeCloseTo(8, 12);
    expect(metrics.bleu).toBeCloseTo(100, 6);
    expect(objectives!.style).toBeCloseTo(50, 12);
    expect(outcomes!.map(({ index }) => index)).toEqual([0, 1, 2]);
  });
});
