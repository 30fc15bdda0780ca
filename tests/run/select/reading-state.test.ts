import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/classifier/classifier.js';
import { ReadingState } from '../../../src/run/select/reading-state.js';

type Parts = ConstructorParameters<typeof ReadingState>[0];

const chooser = { rank: async () => [], fits: () => true, findsWords: true };
const evaluator = { metric: 'accuracy', evaluate: async () => [], counters: () => ({ forwards: 0, cacheHits: 0 }) };
const trial = { ...evaluator, metric: 'trial' };
const reading: Reading = { words: [{ label: 'no', words: ['bad'] }], demonstrations: [] };
const labels = [
  { name: 'no', word: 'bad', words: ['bad', 'poor'] },
  { name: 'yes', word: 'good' },
];
const prompt = { tokenIds: [1], tokens: ['p'], text: 'p', step: 1, reward: 1, train: {}, origin: 'policy' } as const;

function partsOf(config: { labelWords: string; demos: number }, more: object = {}) {
  const read: Reading[] = [];
  const own = { chooser, trial, evaluator: { readBy: (next: Reading) => void read.push(next) } };
  const task = { kind: 'classification', labels };
  const parts = { config, task, evaluator, template: { source: '{input} {prompt}' }, reading: own, ...more };
  return { parts: parts as unknown as Parts, read };
}

describe('how a run reads answers', () => {
  it.each([
    ['given', 0, false],
    ['given', 2, true],
    ['found', 0, true],
    ['both', 3, true],
  ])('with label words %s and %i demonstrations: something to choose is %s', (labelWords, demos, isChosen) => {
    const { parts } = partsOf({ labelWords, demos });
    const { choice } = new ReadingState(parts);
    expect(choice !== undefined).toBe(isChosen);
    if (isChosen)
      expect(choice).toEqual({ config: parts.config, task: parts.task, evaluator, metric: 'accuracy', chooser, trial });
  });

  it('is not chosen where the task has no labels', () => {
    const { parts } = partsOf({ labelWords: 'found', demos: 2 }, { reading: undefined });
    expect(new ReadingState(parts).choice).toBeUndefined();
    const answers = new ReadingState(parts);
    answers.readBy(reading);
    expect(answers.current).toBe(reading);
  });

  it('is the same for all prompts from the moment it is chosen', () => {
    const { parts, read } = partsOf({ labelWords: 'found', demos: 0 });
    const answers = new ReadingState(parts);
    expect(answers.current).toBeUndefined();
    answers.readBy(reading);
    expect(answers.current).toBe(reading);
    expect(read).toEqual([reading]);
  });

  it('makes a classifier of a prompt, by the words of the task unless others were chosen', () => {
    const answers = new ReadingState(partsOf({ labelWords: 'given', demos: 0 }).parts);
    expect(answers.classifierOf(prompt)).toEqual({
      classifier: {
        prompt: 'p',
        template: '{input} {prompt}',
        words: [
          { label: 'no', words: ['bad', 'poor'] },
          { label: 'yes', words: ['good'] },
        ],
        demonstrations: [],
      },
    });
    expect(answers.classifierOf({ ...prompt, reading }).classifier?.words).toEqual(reading.words);
    const custom = partsOf({ labelWords: 'given', demos: 0 }, { task: { kind: 'custom', labels } });
    expect(new ReadingState(custom.parts).classifierOf(prompt)).toEqual({});
  });
});
