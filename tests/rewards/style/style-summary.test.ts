import { describe, expect, it } from 'vitest';
import { type ChosenOutput, rowOfOutputs, summariseRows, toOutcome } from '../../../src/rewards/style/style-summary.js';

const output = (content: number, style: number, more: Partial<ChosenOutput> = {}): ChosenOutput => ({
  text: 'so it is',
  fault: undefined,
  content,
  style,
  fluency: 0.5,
  logProb: -6,
  tokenCount: 3,
  ...more,
});
const example = { index: 4, text: 'yo', label: 1, fields: { reference: 'so it is' } };

describe('the row of a prompt and an input', () => {
  it('is the mean over the bootstraps, with sums of tokens and the shares of faults in all samples', () => {
    const chosen = [output(0.8, 0.5), output(0.4, 1, { logProb: -2, tokenCount: 1, fluency: 0.1 })];
    const faulty = [output(0, 0, { fault: 'empty' }), output(0, 0, { fault: 'cut' })];
    const { metrics, parts, reward } = rowOfOutputs(chosen, [...chosen, ...faulty]);
    expect(parts.content).toBeCloseTo(60, 10);
    expect(parts.style).toBeCloseTo(75, 10);
    expect(reward).toBeGreaterThan(0);
    expect(metrics).toMatchObject({ empty: 0.25, cut: 0.25, logProb: -8, tokens: 4 });
    expect(metrics.content).toBeCloseTo(0.6, 10);
    expect(metrics.style).toBeCloseTo(0.75, 10);
    expect(metrics.fluency).toBeCloseTo(0.3, 10);
    expect(metrics.joint).toBeCloseTo((0.8 * 0.5 * 0.5 + 0.4 * 1 * 0.1) / 2, 10);
    // The first half of the samples covers 0.8 · 0.5 + 0.4 · 0.5, the second nothing.
    expect(metrics.volume).toBeCloseTo(0.3, 10);
  });
});

describe('the evaluation of a prompt', () => {
  const rows = [
    {
      reward: 10,
      parts: {},
      metrics: {
        content: 0.2,
        style: 0.4,
        fluency: 0.1,
        joint: 0.3,
        volume: 0.5,
        empty: 0,
        cut: 1,
        logProb: -4,
        tokens: 3,
      },
    },
    {
      reward: 30,
      parts: {},
      metrics: {
        content: 0.6,
        style: 0.8,
        fluency: 0.3,
        joint: 0.5,
        volume: 0.7,
        empty: 1,
        cut: 0,
        logProb: -6,
        tokens: 2,
      },
    },
  ];

  it('is the mean of its rows, with the perplexity of all that was written', () => {
    const { reward, metrics, parts, volume, exampleRewards } = summariseRows(rows);
    expect([reward, metrics.empty, metrics.cut, volume]).toEqual([20, 0.5, 0.5, 0.6]);
    expect(metrics.joint).toBeCloseTo(0.4, 10);
    expect(metrics.gm).toBeCloseTo(Math.cbrt(0.4 * 0.6 * 0.2), 10);
    expect(metrics.perplexity).toBeCloseTo(Math.exp(2), 10);
    expect(parts?.content).toBeCloseTo(40, 10);
    expect(parts?.style).toBeCloseTo(60, 10);
    expect([...(exampleRewards ?? [])]).toEqual([10, 30]);
    expect(metrics).not.toHaveProperty('bleu');
  });

  it('has BLEU where outputs and references are there, and no perplexity of nothing', () => {
    const { metrics } = summariseRows([{ reward: 0, parts: {}, metrics: { logProb: 0, tokens: 0 } }], {
      examples: [example],
      outputs: [[output(1, 1, { text: 'so it is and so it was' })]],
    });
    expect(metrics.bleu).toBeGreaterThan(0);
    expect(metrics).not.toHaveProperty('perplexity');
    expect(metrics.content).toBeNaN();
  });
});

describe('what was written for an input', () => {
  const styles = [
    { name: 'informal', word: 'informal' },
    { name: 'formal', word: 'formal' },
  ];

  it('is the best of the outputs, the first of equals', () => {
    const best = output(0.9, 0.9, { text: 'best' });
    const outcome = toOutcome(example, styles, [output(0.1, 0.1), best, output(0.9, 0.9, { text: 'later' })], 42);
    expect(outcome).toEqual({
      index: 4,
      label: 'formal',
      output: 'best',
      scores: { content: 0.9, style: 0.9, fluency: 0.5, joint: 0.9 * 0.9 * 0.5 },
      reward: 42,
    });
  });

  it('says what is wrong with it, and has no label where the row has none', () => {
    const { label: _, ...unlabelled } = example;
    const outcome = toOutcome(unlabelled, styles, [output(0, 0, { text: '', fault: 'empty' })], 0);
    expect(outcome).toMatchObject({ output: '', fault: 'empty' });
    expect(outcome).not.toHaveProperty('label');
  });
});
