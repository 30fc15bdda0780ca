import { describe, expect, it } from 'vitest';
import { editWords } from '../../src/classifier/edit-words.js';

const GIVEN = [
  { label: 'ham', words: ['list', 'meeting'] },
  { label: 'spam', words: ['free', 'win', 'prize'] },
];
/** Weighed words are those of all labels, each label with its own weights. */
const WEIGHED = [
  { label: 'ham', words: ['list', 'free', 'win'], weights: [2, -1, 0.5] },
  { label: 'spam', words: ['list', 'free', 'win'], weights: [-2, 1, 3] },
];

const refusal = (message: string, where: string, next: unknown = expect.any(String)) =>
  expect.objectContaining({ code: 'E_WORD_EDIT', exit: 'usage', message, where, next });

describe('the label words that a person changes', () => {
  it('are those that were, where nothing is changed', () => {
    expect(editWords(GIVEN, {})).toEqual(GIVEN);
    expect(editWords(WEIGHED, {})).toEqual(WEIGHED);
  });

  it('take the place of all that was, in the order of the labels, and count alike', () => {
    expect(editWords(WEIGHED, { words: { spam: 'cash | win', ham: 'dear' } })).toEqual([
      { label: 'ham', words: ['dear'] },
      { label: 'spam', words: ['cash', 'win'] },
    ]);
  });

  it('stay where a label is not named', () => {
    expect(editWords(GIVEN, { words: { spam: 'cash' } })).toEqual([GIVEN[0], { label: 'spam', words: ['cash'] }]);
  });

  it('are left out of every label, and the others keep their weights', () => {
    expect(editWords(WEIGHED, { without: ['free'] })).toEqual([
      { label: 'ham', words: ['list', 'win'], weights: [2, 0.5] },
      { label: 'spam', words: ['list', 'win'], weights: [-2, 3] },
    ]);
    expect(editWords(GIVEN, { words: { ham: 'a|b', spam: 'c' }, without: ['b'] })).toEqual([
      { label: 'ham', words: ['a'] },
      { label: 'spam', words: ['c'] },
    ]);
  });

  it('are refused where they leave a label without words, or name what is not there', () => {
    expect(() => editWords(GIVEN, { without: ['list', 'meeting'] })).toThrow(
      refusal('the label ham would have no word left', '--without-words', 'leave each label a word'),
    );
    expect(() => editWords(GIVEN, { without: ['lists'] })).toThrow(
      refusal('no label has the word "lists"', '--without-words', 'the words are list, meeting, free, win, prize'),
    );
    expect(() => editWords(GIVEN, { words: { ham: 'a', other: 'b' } })).toThrow(
      refusal('there is no label other, only ham, spam', '--words', '--words "ham=word|word,spam=word|word"'),
    );
    expect(() => editWords(WEIGHED, { words: { ham: 'a' } })).toThrow(
      refusal('words that are weighed change together, and the label spam has none', '--words'),
    );
    expect(() => editWords(GIVEN, { words: { ham: 'free' } })).toThrow(
      refusal('ham and spam have the same word "free"', '--words'),
    );
    expect(() => editWords(GIVEN, { words: { ham: 'a', spam: 'a' } })).toThrow(
      refusal('ham and spam have the same word "a"', '--words'),
    );
  });
});
