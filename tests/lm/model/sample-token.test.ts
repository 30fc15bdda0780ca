import { describe, expect, it } from 'vitest';
import { type SamplingOptions, sampleToken } from '../../../src/lm/model/sample-token.js';
import { zip } from '../../../src/statistics/zip.js';

const probabilities = [0.5, 0.25, 0.15, 0.1];
const tokenIds = [40, 10, 30, 20];
const ranked = Array.from(zip(tokenIds, probabilities), ([tokenId, p]) => ({ tokenId, logit: Math.log(p) }));

/** How often each token is drawn with evenly spaced uniform numbers. */
function shares(options: Partial<SamplingOptions>): Record<number, number> {
  const counts: Record<number, number> = {};
  for (let i = 0; i < 1000; i++) {
    const token = sampleToken(ranked, { topK: 0, topP: 1, temperature: 1, ...options }, (i + 0.5) / 1000);
    counts[token] = (counts[token] ?? 0) + 1 / 1000;
  }
  return counts;
}

function expectShares(actual: Record<number, number>, expected: Record<number, number>): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [token, share] of Object.entries(expected)) expect(actual[Number(token)]).toBeCloseTo(share, 2);
}

describe('sampling a token', () => {
  it('follows the probabilities', () => {
    expectShares(shares({}), { 40: 0.5, 10: 0.25, 30: 0.15, 20: 0.1 });
  });

  it('keeps the likeliest k', () => {
    expectShares(shares({ topK: 2 }), { 40: 2 / 3, 10: 1 / 3 });
  });

  it('keeps the smallest set whose probability reaches p', () => {
    expectShares(shares({ topP: 0.7 }), { 40: 2 / 3, 10: 1 / 3 });
    expectShares(shares({ topP: 0.01 }), { 40: 1 });
  });

  it('refuses to choose from nothing', () => {
    expect(() => sampleToken([], { topK: 0, topP: 1, temperature: 1 }, 0.5)).toThrow('no token to choose from');
  });

  it('sharpens and flattens with the temperature, and takes the likeliest at 0', () => {
    expectShares(shares({ temperature: 0 }), { 40: 1 });
    const cold = probabilities.map((p) => p ** 2);
    const sum = cold.reduce((a, b) => a + b);
    expect(shares({ temperature: 0.5 })[40]).toBeCloseTo(cold[0]! / sum, 2);
  });
});
