import { describe, expect, it } from 'vitest';
import { classificationGap } from '../../../src/rewards/classification/classification-gap.js';

describe('the classification gap', () => {
  it('is weighted by 200 when right and by 180 when wrong', () => {
    expect(classificationGap([0.75, 0.25], 0)).toEqual({ gap: 0.5, reward: 100, correct: true });
    expect(classificationGap([0.75, 0.25], 1)).toEqual({ gap: -0.5, reward: -90, correct: false });
    expect(classificationGap([0.75, 0.25], 1, { incorrect: 10 }).reward).toBe(-5);
  });

  it('finds the rival by index, so a tie is a gap of zero and not correct', () => {
    expect(classificationGap([0.5, 0.5], 0)).toEqual({ gap: 0, reward: 0, correct: false });
    const third = 1 / 3;
    expect(classificationGap([third, third, third], 2)).toEqual({ gap: 0, reward: 0, correct: false });
  });

  it('compares with the best of several rivals', () => {
    expect(classificationGap([0.25, 0.125, 0.625], 0).gap).toBe(-0.375);
  });

  it('refuses a label without a rival', () => {
    expect(() => classificationGap([1], 0)).toThrow(
      expect.objectContaining({
        code: 'E_GAP_INPUT',
        exit: 'internal',
        message: 'label 0 has no rival among 1 classes',
      }),
    );
    expect(() => classificationGap([0.5, 0.5], 2)).toThrow(/no rival/);
    expect(() => classificationGap([0.5, 0.5], -1)).toThrow(/no rival/);
  });
});
