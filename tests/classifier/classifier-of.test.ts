import { describe, expect, it } from 'vitest';
import { classifierOf, readingOf } from '../../src/classifier/classifier-of.js';

const START = { labels: ['no', 'yes'], template: '{input} {prompt}' };
const READING = {
  words: [
    { label: 'no', words: ['awful'] },
    { label: 'yes', words: ['great'] },
  ],
  demonstrations: [{ text: 'fine', label: 'yes', word: 'great' }],
};

describe('the classifier of a prompt that was found', () => {
  it('is the prompt with the words and demonstrations that its answers were read by, and its offsets', () => {
    const classifier = classifierOf({ text: 'It is', reading: READING, labelOffsets: [1, 2] }, START);
    expect(classifier).toEqual({ prompt: 'It is', template: '{input} {prompt}', ...READING, offsets: [1, 2] });
    expect(readingOf(classifier)).toEqual(READING);
  });

  it.each([
    [{}, [['no'], ['yes']]],
    [{ labelWords: ['bad', 'good'] }, [['bad'], ['good']]],
    [{ labelWords: ['bad'] }, [['bad'], ['yes']]],
    [{ labelWords: ['bad', 'good'], labelWordSets: [['bad', 'poor']] }, [['bad', 'poor'], ['good']]],
  ])('of an older run is read by the words of its task: %j', (words, expected) => {
    expect(classifierOf({ text: 'It is' }, { ...START, ...words })).toEqual({
      prompt: 'It is',
      template: '{input} {prompt}',
      words: START.labels.map((label, i) => ({ label, words: expected[i] })),
      demonstrations: [],
    });
  });
});
