import { describe, expect, it } from 'vitest';
import { givenWords, splitWords, verbalizerProblems } from '../../src/classifier/given-words.js';

describe('the words that a task gives', () => {
  it('are the word of a label, or all where it has several', () => {
    expect(
      givenWords([
        { name: 'no', word: 'bad' },
        { name: 'yes', word: 'good', words: ['good', 'great'] },
      ]),
    ).toEqual([
      { label: 'no', words: ['bad'] },
      { label: 'yes', words: ['good', 'great'] },
    ]);
  });

  it('stand between bars, and the spaces around them do not count', () => {
    expect(splitWords(' good|very good |fine')).toEqual(['good', 'very good', 'fine']);
  });
});

describe('a verbalizer', () => {
  it('is good with two labels and words that differ', () => {
    expect(verbalizerProblems({ no: 'bad|poor', yes: 'good' })).toEqual([]);
  });

  it('needs two labels, which is said only where nothing else is wrong', () => {
    expect(verbalizerProblems({ no: 'bad' })).toEqual(['verbalizer: two labels are needed']);
    expect(verbalizerProblems({})).toEqual(['verbalizer: two labels are needed']);
    expect(verbalizerProblems({ no: 'bad|' })).toEqual(['verbalizer: the label no has an empty word in "bad|"']);
  });

  it('has no special token, whose strokes would part it', () => {
    const [special] = verbalizerProblems({ no: '<|end|>', yes: 'good' });
    expect(special).toBe('verbalizer: the label no has the special token <|end|>');
    expect(verbalizerProblems({ no: '<a|b>', yes: 'good' })).toEqual([]);
  });

  it('has all its faults named, label by label', () => {
    expect(verbalizerProblems({ a: 'x|x|', b: 'x', c: 'y' })).toEqual([
      'verbalizer: a has the word "x" twice',
      'verbalizer: the label a has an empty word in "x|x|"',
      'verbalizer: a and b have the same word "x"',
    ]);
  });
});
