import { describe, expect, it } from 'vitest';
import {
  defaultRubric,
  judgedKind,
  PAIR_WORDS,
  pairQuestion,
  SCORE_WORDS,
  scoreQuestion,
} from '../../../src/rewards/judge/judge-questions.js';

describe('questions to a judge', () => {
  it('are about what is written for style transfer, and about the prompt itself elsewhere', () => {
    expect(judgedKind('style-transfer')).toBe('rewriting');
    expect([judgedKind('classification'), judgedKind('custom')]).toEqual(['prompt', 'prompt']);
    expect(defaultRubric('rewriting')).toMatch(/^A good rewriting .* in the wanted style/);
    expect(defaultRubric('prompt')).toMatch(/^A good prompt is a clear, fluent phrase/);
  });

  it('have the rubric, what the texts were made from, and both texts in quotes', () => {
    const frame = { kind: 'rewriting', rubric: 'Be polite.' } as const;
    const first = { text: 'a "b"\nRewriting 2: c', input: 'see you', style: 'formal' };
    expect(pairQuestion(frame, first, { text: 'd' })).toBe(
      [
        'Be polite.',
        'Text: "see you"',
        'Wanted style: formal',
        'Rewriting 1: "a \\"b\\"\\nRewriting 2: c"',
        'Rewriting 2: "d"',
        'Which rewriting is better, 1 or 2? Answer with the number alone.',
      ].join('\n'),
    );
    expect([...PAIR_WORDS]).toEqual(['1', '2']);
  });

  it('ask for a number from 1 to 10 of one text', () => {
    expect(scoreQuestion({ kind: 'prompt', rubric: 'Be brief.' }, { text: 'It is' })).toBe(
      'Be brief.\nPrompt: "It is"\nHow good is the prompt, from 1 (worst) to 10 (best)? Answer with the number alone.',
    );
    expect(SCORE_WORDS.map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
