import { describe, expect, it } from 'vitest';
import { rankWords, type WordChoice } from '../../src/classifier/choose-words.js';
import { centredByPrompt } from '../../src/classifier/find-words.js';

/** Eight examples behind two prompts. */
const LABELS = [0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0];
/** Something like noise that is the same everywhere. */
const noise = (row: number, word: number): number => ((row * 7 + word * 13 + row * word * 5) % 11) / 4;
const table = (words: readonly string[], logProb: (row: number, word: number, label: number) => number) =>
  centredByPrompt(
    {
      words,
      logProbs: LABELS.flatMap((label, row) => words.map((_, word) => logProb(row, word, label))),
      labels: LABELS,
    },
    2,
  );
/** Of the first four words every other one speaks for a label, the rest are noise. */
const found = table(['a', 'b', 'c', 'd', 'e', 'f'], (row, word, label) => {
  return noise(row, word) + (word < 4 && word % 2 === label ? 1.5 : 0);
});
const given = {
  table: table(['n', 'y', 'z'], (row, word, label) => noise(row + 3, word) + (Math.min(word, 1) === label ? 1 : 0)),
  sets: [
    { label: 'no', words: ['n'] },
    { label: 'yes', words: ['y', 'z'] },
  ],
};

const nameOf = ({ source, count, halved, ridge }: WordChoice): string =>
  [source, count, halved ? 'halved' : '', ridge ?? ''].filter((part) => part !== '').join(' ');
const ranked = async (sources: readonly WordChoice['source'][], counts: readonly number[]) =>
  await rankWords({ promptCount: 2, found, given, sources, counts });

describe('choices of words', () => {
  it('are ranked by cross-validated accuracy, then margin, after the usual strength, as worked out in NumPy', async () => {
    const choices = await ranked(['given', 'found', 'both'], [1, 2, 3]);
    expect(choices.map((choice) => [nameOf(choice), choice.accuracy, Number(choice.margin.toFixed(4))])).toEqual([
      ['found 3 10', 1, 0.9052],
      ['found 3 0.1', 1, 0.9433],
      ['found 3 1', 1, 0.9228],
      ['found 1', 1, 0.8872],
      ['found 2', 0.9375, 0.8844],
      ['found 3', 0.9375, 0.8716],
      ['both 1 halved', 0.9375, 0.8696],
      ['both 3', 0.9375, 0.8644],
      ['both 1', 0.9375, 0.845],
      ['both 2', 0.9375, 0.8363],
      ['both 3 halved', 0.875, 0.8149],
      ['both 2 halved', 0.875, 0.8105],
      ['given 0', 0.8125, 0.5478],
    ]);
    const byPrompt = new Map(choices.map((choice) => [nameOf(choice), choice.byPrompt]));
    expect(byPrompt.get('given 0')).toEqual([0.75, 0.875]);
    expect(choices.at(-1)?.words).toEqual(given.sets);
    expect(byPrompt.get('found 3')).toEqual([1, 0.875]);
    expect(byPrompt.get('both 3 halved')).toEqual([0.75, 1]);
  });

  it('are found on all rows in the end, each label’s most telling first', async () => {
    const wordsOf = async (counts: readonly number[]) =>
      (await ranked(['found'], counts)).find(({ ridge }) => ridge === undefined)?.words;
    expect(await wordsOf([3])).toEqual([
      { label: 'no', words: ['c', 'a', 'e'] },
      { label: 'yes', words: ['d', 'b', 'f'] },
    ]);
    expect(await wordsOf([1])).toEqual([
      { label: 'no', words: ['c'] },
      { label: 'yes', words: ['d'] },
    ]);
  });

  it('read every label by the words of all where they are weighed, as worked out in NumPy', async () => {
    const weakest = (await ranked(['found'], [3])).find(({ ridge }) => ridge === 0.1);
    const rounded = weakest?.words.map(({ label, words, weights = [] }) => ({
      label,
      words,
      weights: weights.map((weight) => Number(weight.toFixed(4))),
    }));
    expect(rounded).toEqual([
      { label: 'no', words: ['a', 'c', 'e', 'f', 'b'], weights: [0.3188, 0.2199, 0.1875, 0.1608, 0.017] },
      { label: 'yes', words: ['d'], weights: [0.9039] },
    ]);
  });

  it('join given and found words, each as one word or the given ones as half', async () => {
    const choices = await ranked(['both'], [2]);
    const wordsOf = (halved: boolean) => choices.find((choice) => (choice.halved ?? false) === halved)?.words;
    expect(wordsOf(false)).toEqual([
      { label: 'no', words: ['n', 'c', 'a'] },
      { label: 'yes', words: ['y', 'z', 'd', 'b'] },
    ]);
    expect(wordsOf(true)).toEqual([
      { label: 'no', words: ['n', 'c', 'a'], weights: [2, 1, 1] },
      { label: 'yes', words: ['y', 'z', 'd', 'b'], weights: [1, 1, 1, 1] },
    ]);
  });

  it('never find a word for one label that was given for another', async () => {
    const sets = [
      { label: 'no', words: ['d'] },
      { label: 'yes', words: ['y'] },
    ];
    const own = { table: table(['d', 'y'], (row, word, label) => noise(row, word) + Number(word === label)), sets };
    const choices = await rankWords({ promptCount: 2, found, given: own, sources: ['both'], counts: [1] });
    expect(choices.map(({ words, halved }) => [halved ?? false, ...words])).toEqual(
      expect.arrayContaining([
        [false, { label: 'no', words: ['d', 'c'] }, { label: 'yes', words: ['y'] }],
        [true, { label: 'no', words: ['d', 'c'], weights: [1, 1] }, { label: 'yes', words: ['y'], weights: [1] }],
      ]),
    );
  });

  it('leave out those without a word for some label, and look for none where none are wanted', async () => {
    const flat = table(['so'], () => -1);
    const request = { promptCount: 2, found: flat, given, counts: [1] };
    expect((await rankWords({ ...request, sources: ['found', 'given'] })).map(({ source }) => source)).toEqual([
      'given',
    ]);
    const none = { words: [], logProbs: [], labels: LABELS };
    expect((await rankWords({ ...request, found: none, sources: ['given'] })).map(nameOf)).toEqual(['given 0']);
  });
});
