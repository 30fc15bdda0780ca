import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labelProbabilities, type ScoredLabel } from '../../../src/rewards/classification/label-probabilities.js';
import { relativeError } from '../../losses/numerical-gradient.js';

interface GoldenCase {
  labels: ScoredLabel[];
  none: number[];
  token: number[];
  word: number[];
}

const goldens = JSON.parse(readFileSync('tests/fixtures/goldens/label-normalisation.json', 'utf8')) as {
  cases: GoldenCase[];
};

describe.each(['none', 'token', 'word'] as const)('label probabilities normalised by %s', (normalise) => {
  it('agree with the recorded ones', () => {
    for (const golden of goldens.cases) {
      expect(relativeError(labelProbabilities(golden.labels, normalise), golden[normalise])).toBeLessThan(1e-9);
    }
  });
});

describe('label probabilities', () => {
  it('stay a distribution when every label is next to impossible', () => {
    const labels = [
      { tokenLogProbs: [-2000], words: 1 },
      { tokenLogProbs: [-2000], words: 1 },
    ];
    expect(labelProbabilities(labels, 'none')).toEqual([0.5, 0.5]);
    expect(
      labelProbabilities(
        [
          { tokenLogProbs: [-1], words: 1 },
          { tokenLogProbs: [-2000], words: 1 },
        ],
        'none',
      ),
    ).toEqual([1, 0]);
  });

  it('refuse a label without tokens or words', () => {
    expect(() => labelProbabilities([{ tokenLogProbs: [], words: 1 }], 'none')).toThrow(
      expect.objectContaining({ code: 'E_LABEL_SCORES', exit: 'internal', message: expect.stringMatching(/0 tokens/) }),
    );
    expect(() => labelProbabilities([{ tokenLogProbs: [-1], words: 0 }], 'word')).toThrow(/0 words/);
  });
});
