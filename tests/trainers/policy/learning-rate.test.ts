import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { tunedTo } from '../../../src/run/prepare/tuned-config.js';
import { defaultLearningRate } from '../../../src/trainers/policy/learning-rate.js';

const ofWidth = (hiddenSize: number) => ({
  hiddenStates: { hiddenSize },
  tokenizer: { vocabularySize: 0, bytes: () => undefined },
});

describe('the learning rate of a run that names none', () => {
  it('is that of the embedded model up to its width, and in inverse proportion to the width beyond', () => {
    const ratesOf = (hasPrior: boolean) =>
      [16, 256, 512, 576, 2048].map((width) => defaultLearningRate(width, { hasPrior }));
    expect(ratesOf(true)).toEqual([1.5e-3, 1.5e-3, 7.5e-4, 6.7e-4, 1.9e-4]);
    expect(ratesOf(false)).toEqual([5e-3, 5e-3, 2.5e-3, 2.2e-3, 6.3e-4]);
    expect(tunedTo(ofWidth(576), completeRunConfig({ task: 'spam', preset: 'raw' })).learningRate).toBe(2.2e-3);
    expect(tunedTo(ofWidth(576), completeRunConfig({ task: 'spam' })).learningRate).toBe(6.7e-4);
  });

  it('gives way to what a user, a preset or another trainer says', () => {
    const rateOf = (given: object) =>
      tunedTo(ofWidth(2048), completeRunConfig({ task: 'spam', ...given })).learningRate;
    expect(rateOf({ learningRate: 0.1 })).toBe(0.1);
    expect(rateOf({ preset: 'paper' })).toBe(5e-5);
    expect(rateOf({ trainer: 'reinforce' })).toBe(1e-3);
  });
});
