import { describe, expect, it } from 'vitest';
import { EvaluationHealth, type ObservedEvaluation, splitGap } from '../../../src/run/watch/evaluation-health.js';

const prompts = (train: number, dev: number) => [{ train: { accuracy: train }, dev: { accuracy: dev } }];
const evaluation = (given: Partial<ObservedEvaluation> = {}): ObservedEvaluation => ({
  evaluationsSinceBest: 0,
  bestScore: 0.8,
  highest: 0.8,
  metric: 'accuracy',
  fitted: prompts(0.8, 0.8),
  sizes: { train: 32, dev: 32 },
  ...given,
});

describe('EvaluationHealth', () => {
  it('says once that dev rises no more, and what may help', () => {
    const health = new EvaluationHealth({ calibrate: 'none', evaluationEvery: 10 });
    const warnings = [1, 2, 3, 4, 5, 6, 7].map((since) => health.observe(evaluation({ evaluationsSinceBest: since })));
    expect(warnings.map((some) => some.map(({ code }) => code))).toEqual([[], [], [], [], ['plateau'], [], []]);
    const [plateau] = warnings[4]!;
    expect(plateau!.message).toBe(
      "the best prompt's dev accuracy has not risen above 0.800 for 5 evaluations, 50 steps",
    );
    expect(plateau!.hint).toMatch(/^--patience 5 ends such a run; .*--seed.*--shots.*--calibrate.*--trainer/);
    const calibrated = new EvaluationHealth({ calibrate: 'inputs', evaluationEvery: 10 });
    expect(calibrated.observe(evaluation({ evaluationsSinceBest: 5 }))[0]!.hint).not.toContain('--calibrate');
  });

  it('says why a prompt with more on dev is not the best', () => {
    const health = new EvaluationHealth({ calibrate: 'none', evaluationEvery: 10 });
    const [plateau] = health.observe(evaluation({ evaluationsSinceBest: 5, highest: 0.85 }));
    expect(plateau!.message).toMatch(
      /above 0.800 .*; a prompt with 0.850 ranks lower because the margin and a standard error/,
    );
  });

  it('advises no patience to who has set it, and more examples to who has solved the dev split', () => {
    const patient = new EvaluationHealth({ calibrate: 'none', evaluationEvery: 2, patience: 9 });
    const [plateau] = patient.observe(evaluation({ evaluationsSinceBest: 5, bestScore: 1 }));
    expect(plateau!.hint).toBe('every dev example is right: only more of them (--shots) can tell better prompts apart');
  });

  it('says once that train and dev have parted, and again when they part again', () => {
    const health = new EvaluationHealth({ calibrate: 'none', evaluationEvery: 10 });
    const codes = [prompts(1, 0.6), prompts(1, 0.6), prompts(0.8, 0.8), prompts(1, 0.6)].map((fitted) =>
      health.observe(evaluation({ fitted })).map(({ code }) => code),
    );
    expect(codes).toEqual([['train-dev-gap'], [], [], ['train-dev-gap']]);
  });

  it('remembers over a resume that it was said', () => {
    const health = new EvaluationHealth({ calibrate: 'none', evaluationEvery: 10 });
    health.observe(evaluation({ fitted: prompts(1, 0.6) }));
    const resumed = new EvaluationHealth({ calibrate: 'none', evaluationEvery: 10 });
    resumed.restore(JSON.parse(JSON.stringify(health.save())));
    expect(resumed.observe(evaluation({ fitted: prompts(1, 0.6) }))).toEqual([]);
  });
});

describe('splitGap', () => {
  const gap = (train: number, dev: number, n: number) =>
    splitGap({ metric: 'accuracy', fitted: prompts(train, dev), sizes: { train: n, dev: n } });

  it('needs a difference beyond two standard errors: 0.9 and 0.7 are one of 50 examples each, none of 16', () => {
    expect(gap(0.9, 0.7, 16)).toBeUndefined();
    expect(gap(0.9, 0.7, 50)).toEqual({ train: 0.9, dev: 0.7 });
  });

  it('is nothing where the difference is certain but small, or dev is the better one', () => {
    expect(gap(0.95, 0.88, 5000)).toBeUndefined();
    expect(gap(0.6, 0.9, 5000)).toBeUndefined();
  });

  it('knows nothing of other metrics and of prompts that dev has not seen', () => {
    const sizes = { train: 100, dev: 100 };
    expect(splitGap({ metric: 'joint', fitted: [{ train: { joint: 1 }, dev: { joint: 0 } }], sizes })).toBeUndefined();
    expect(splitGap({ metric: 'accuracy', fitted: [{ train: { accuracy: 1 } }], sizes })).toBeUndefined();
  });
});
