import { describe, expect, it } from 'vitest';
import { rankWords } from '../../src/classifier/choose-words.js';
import { bestWords, centredByPrompt, findWords, setScores, wordStatistics } from '../../src/classifier/find-words.js';
import { Rng } from '../../src/random/rng.js';

/** Two labels, four words: "up" speaks for the second label, "down" for the first, "flat" and "noise" for none. */
const words = ['up', 'down', 'flat', 'noise'];
const rng = Rng.create(3, 'examples');
const labels = Array.from({ length: 16 }, (_, i) => i % 2);
const logProbs = labels.flatMap((label) => [
  -5 + 2 * label + 0.2 * rng.float(),
  -4 - 2 * label + 0.2 * rng.float(),
  -3,
  -6 + 4 * rng.float(),
]);
const table = { words, logProbs, labels };

describe('finding label words', () => {
  it('is the difference of means over the pooled standard deviation and 0.3, by hand', () => {
    const small = { words: ['w'], logProbs: [1, 3, 6, 10], labels: [0, 0, 1, 1] };
    // Means 2 and 8; squared deviations 1 + 1 + 4 + 4 = 10 over 4 − 2 degrees of freedom.
    const expected = (8 - 2) / (Math.sqrt(5) + 0.3);
    expect(wordStatistics(small, 2)).toEqual([[-expected], [expected]]);
  });

  it('compares each of several labels with the mean of the others, on the rows that are asked for', () => {
    const three = { words: ['v', 'w'], logProbs: [1, 0, 3, 0, 5, 1, 9, 3, 100, 100], labels: [0, 0, 1, 2, 2] };
    // Without the last row the means of "v" are 2, 5 and 9, of "w" 0, 1 and 3; squared deviations 1 + 1 and 0 over 4 − 3.
    const v = Math.sqrt(2) + 0.3;
    const expected = [
      [2 - 7, 0 - 2],
      [5 - 5.5, 1 - 1.5],
      [9 - 3.5, 3 - 0.5],
    ].map(([ofV = 0, ofW = 0]) => [ofV / v, ofW / 0.3]);
    const statistics = wordStatistics(three, 3, [0, 1, 2, 3]);
    statistics.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i] ?? 0, 9);
    });
  });

  it('has numbers for fewer rows than labels, and for a label without rows', () => {
    const one = { words: ['w'], logProbs: [4], labels: [0] };
    // Means 4 and 0, no deviation.
    expect(wordStatistics(one, 2)).toEqual([[4 / 0.3], [-4 / 0.3]]);
  });

  it('takes the largest first, of equals the one that comes first', () => {
    const statistics = [
      [1, 3, 3, -1, 0],
      [-1, -3, -3, 1, 0],
    ];
    expect(bestWords(statistics, 3)).toEqual([[1, 2, 0], [3]]);
    expect(bestWords(statistics, 9)).toEqual([[1, 2, 0, 4], [3]]);
  });

  it('gives each label the words that speak for it, and no word to two labels', () => {
    expect(findWords(table, ['no', 'yes'], 1)).toEqual([
      { label: 'no', words: ['down'] },
      { label: 'yes', words: ['up'] },
    ]);
    const sets = bestWords(wordStatistics(table, 2), 4);
    expect(new Set(sets.flat()).size).toBe(sets.flat().length);
  });

  it('takes each label’s mean over the rows from its scores', () => {
    const scores = setScores(table, [[1], [0]]);
    for (const label of [0, 1]) expect(scores.reduce((sum, row) => sum + row[label]!, 0)).toBeCloseTo(0, 9);
    // Means of the words are 2 and 3, and 1 and 7; less the means over the rows, 2.5 and 4.
    const small = { words: ['a', 'b', 'c'], logProbs: [1, 3, 1, 2, 4, 7], labels: [0, 1] };
    expect(setScores(small, [[0, 1], [2]])).toEqual([
      [-0.5, -3],
      [0.5, 3],
    ]);
  });
});

describe('rows behind several prompts', () => {
  it('leave of a log-probability what the input has to say', () => {
    const two = { words: ['a', 'b'], logProbs: [-1, -4, -3, -6, -8, -2, -6, -4], labels: [0, 1, 0, 1] };
    expect(Array.from(centredByPrompt(two, 2).logProbs)).toEqual([1, 1, -1, -1, -1, 1, 1, -1]);
    expect(Array.from(centredByPrompt(two, 1).logProbs)).toEqual([3.5, 0, 1.5, -2, -3.5, 2, -1.5, 0]);
  });

  it('are judged by words found without their example behind any prompt', async () => {
    // Behind the second prompt the words answer the example's number, not its label: what holds behind both is "up".
    const behindTwo = {
      words,
      logProbs: [...logProbs, ...labels.flatMap((label, i) => [-5 + 2 * label, -4 - 2 * label, -3, -6 + (i % 3)])],
      labels: [...labels, ...labels],
    };
    const sets = [
      { label: 'no', words: ['down'] },
      { label: 'yes', words: ['up'] },
    ];
    const [best] = await rankWords({
      promptCount: 2,
      found: centredByPrompt(behindTwo, 2),
      given: { table: centredByPrompt(behindTwo, 2), sets },
      sources: ['found'],
      counts: [1],
    });
    expect(best!.byPrompt).toEqual([1, 1]);
    expect(best!.words.map(({ words: own }) => own)).toEqual([['down'], ['up']]);
  });
});

describe('choosing label words', () => {
  const misleading = {
    words: ['flat', 'noise'],
    logProbs: labels.flatMap((_, i) => [-3, logProbs[i * 4 + 3]!]),
    labels,
  };
  const request = {
    promptCount: 1,
    found: table,
    given: {
      table: misleading,
      sets: [
        { label: 'no', words: ['flat'] },
        { label: 'yes', words: ['noise'] },
      ],
    },
    sources: ['given', 'found', 'both'] as const,
    counts: [1],
  };

  it('prefers words that tell rows apart which they were not found on', async () => {
    const ranked = await rankWords(request);
    expect(ranked.map(({ source }) => source)).toContain('given');
    expect(ranked[0]).toMatchObject({ source: 'found', count: 1, accuracy: 1 });
    expect(ranked.find(({ source }) => source === 'given')!.accuracy).toBeLessThan(1);
  });

  it('joins given and found words, as single words or as halves', async () => {
    const joined = await rankWords({ ...request, sources: ['both'], counts: [2] });
    const [single] = joined.filter(({ halved }) => !halved);
    expect(single!.words[0]!.words.slice(0, 2)).toEqual(['flat', 'down']);
    expect(single!.words[0]!.weights).toBeUndefined();
    const [half] = joined.filter(({ halved }) => halved);
    for (const { words: own, weights } of half!.words) {
      expect(weights).toHaveLength(own.length);
      expect(weights![0]).toBe(Math.max(1, own.length - 1));
    }
  });
});
