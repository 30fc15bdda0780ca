import { describe, expect, it } from 'vitest';
import { rankWords } from '../../src/classifier/choose-words.js';
import { centredByPrompt, setScores } from '../../src/classifier/find-words.js';
import { weightedSets, weighWords } from '../../src/classifier/weigh-words.js';
import { Rng } from '../../src/random/rng.js';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('weights of words', () => {
  it('are those of ridge regression, by hand', async () => {
    // Rows less their own mean: (1, −1) and (−1, 1), mean squared length 2. The gram matrix is [[2, −2], [−2, 2]] plus 2 on the
    // diagonal. Centred labels of "yes": −1/2 and 1/2, so the products are (−1, 1) and the weights (−1/6, 1/6).
    const table = { words: ['a', 'b'], logProbs: [3, 1, -2, 0], labels: [0, 1] };
    const [no, yes] = await weighWords(table, [0, 1], { labelCount: 2, ridge: 1 });
    expect(no![0]).toBeCloseTo(1 / 3, 12);
    expect(no![1]).toBeCloseTo(0, 12);
    expect(yes![0]).toBeCloseTo(0, 12);
    expect(yes![1]).toBeCloseTo(1 / 3, 12);
  });

  it('are none below zero and alike in their sums, so that what all words of a row share changes nothing', async () => {
    const rng = Rng.create(1, 'examples');
    const labels = Array.from({ length: 12 }, (_, i) => i % 3);
    const table = {
      words: ['a', 'b', 'c', 'd'],
      logProbs: labels.flatMap(() => [1, 2, 3, 4].map(() => rng.float())),
      labels,
    };
    const weights = await weighWords(table, [0, 1, 2, 3], { labelCount: 3, ridge: 1 });
    expect(Math.min(...weights.flat())).toBe(0);
    for (const own of weights) expect(sum(own)).toBeCloseTo(sum(weights[0]!), 9);
    const raised = { ...table, logProbs: table.logProbs.map((value, i) => value + Math.floor(i / 4)) };
    (await weighWords(raised, [0, 1, 2, 3], { labelCount: 3, ridge: 1 })).forEach((own, label) => {
      own.forEach((value, i) => {
        expect(value).toBeCloseTo(weights[label]![i]!, 9);
      });
    });
  });

  it('are given to the words of each label, the most telling first, none of them without weight', () => {
    expect(
      weightedSets(
        ['a', 'b', 'c'],
        [
          [0, 2, 1],
          [3, 0, 0],
        ],
        ['no', 'yes'],
      ),
    ).toEqual([
      { label: 'no', words: ['b', 'c'], weights: [2, 1] },
      { label: 'yes', words: ['a'], weights: [3] },
    ]);
  });

  it('count in the scores of a set', () => {
    const table = { words: ['a', 'b'], logProbs: [1, 5, 3, 1], labels: [0, 1] };
    // Weighted means (3·1 + 5)/4 = 2 and (3·3 + 1)/4 = 2.5, less their mean.
    expect(setScores(table, [[0, 1]], [[3, 1]])).toEqual([[-0.25], [0.25]]);
  });
});

describe('choosing between means and weights', () => {
  /** Three labels. The first two share word "a"; only how much "b" there is beside it tells them apart. */
  const labels = Array.from({ length: 48 }, (_, i) => i % 3);
  const rng = Rng.create(2, 'examples');
  const noise = (): number => rng.float() - 0.5;
  const shared = labels.flatMap((label) => [
    (label === 2 ? -2 : 2) + 3 * noise(),
    (label === 1 ? 1.5 : 0) + noise(),
    (label === 2 ? 2 : -1) + noise(),
    (label === 0 ? 1 : 0) + 6 * noise(),
  ]);
  const rank = (logProbs: readonly number[]) => {
    const found = centredByPrompt({ words: ['a', 'b', 'c', 'd'], logProbs, labels }, 1);
    const sets = ['x', 'y', 'z'].map((label, i) => ({ label, words: [found.words[i]!] }));
    return rankWords({ promptCount: 1, found, given: { table: found, sets }, sources: ['found'], counts: [2] });
  };

  it('weighs where that tells more rows apart, by each strength', async () => {
    const ranked = await rank(shared);
    const [best] = ranked;
    expect(best!.ridge).toBeDefined();
    expect(best!.accuracy).toBeGreaterThan(ranked.find(({ ridge }) => ridge === undefined)!.accuracy + 0.07);
    for (const { words, weights } of best!.words) expect(weights).toHaveLength(words.length);
    expect(ranked.map(({ ridge }) => ridge ?? 0).sort((a, b) => a - b)).toEqual([0, 0.1, 1, 10]);
  });

  it('puts the usual strength first where nothing is a standard error better, then the larger margin', async () => {
    const clear = labels.flatMap((label) => [0, 1, 2, 3].map((word) => (word === label ? 3 : 0) + noise()));
    const [usual, ...others] = await rank(clear);
    expect(usual!.ridge).toBe(1);
    expect(new Set([usual!, ...others].map(({ accuracy }) => accuracy))).toEqual(new Set([1]));
    const margins = others.map(({ margin }) => margin);
    expect(margins[0]).toBeGreaterThan(usual!.margin);
    expect(margins).toEqual([...margins].sort((x, y) => y - x));
    expect(new Set(margins).size).toBe(margins.length);
  });

  it('weighs strongly for two labels, unless other words are a standard error better', async () => {
    const two = labels.map((label) => Number(label > 0));
    const tableOf = (size: number) => {
      const logProbs = two.flatMap((label) => [(label === 0 ? size : 0) + noise(), (label === 1 ? size : 0) + noise()]);
      return centredByPrompt({ words: ['a', 'b'], logProbs, labels: two }, 1);
    };
    const sets = ['x', 'y'].map((label, i) => ({ label, words: [['a', 'b'][i]!] }));
    const firstOf = async (found: number, given: number) => {
      const request = { promptCount: 1, given: { table: tableOf(given), sets }, counts: [2] };
      return (await rankWords({ ...request, found: tableOf(found), sources: ['given', 'found'] }))[0]!;
    };
    expect(await firstOf(3, 3)).toMatchObject({ source: 'found', ridge: 10, accuracy: 1 });
    expect(await firstOf(0.02, 3)).toMatchObject({ source: 'given', accuracy: 1 });
  });

  it('weighs the largest sets whose words are few enough for all labels together', async () => {
    const found = centredByPrompt({ words: ['a', 'b', 'c', 'd'], logProbs: shared, labels }, 1);
    const sets = ['x', 'y', 'z'].map((label, i) => ({ label, words: [found.words[i]!] }));
    const request = { promptCount: 1, found, given: { table: found, sets }, sources: ['found'] as const };
    const countsOf = async (counts: readonly number[]): Promise<number[]> =>
      (await rankWords({ ...request, counts })).filter(({ ridge }) => ridge !== undefined).map(({ count }) => count);
    expect(await countsOf([1])).toEqual([]);
    expect(await countsOf([1, 2, 200, 201])).toEqual([200, 200, 200]);
  });
});
