import { describe, expect, it } from 'vitest';
import { checkExamplesPerStep, stepExamples } from '../../../src/run/loop/step-examples.js';
import { MinibatchCandidates } from '../../../src/run/select/minibatch-candidates.js';

const examples = Array.from({ length: 20 }, (_, index) => ({ index, text: `t${index}`, label: index % 2, fields: {} }));
const indices = (step: number, count: number, seed = 0) =>
  stepExamples(examples, { seed, step, count }).map(({ index }) => index);

describe('stepExamples', () => {
  it('goes through all examples before one comes again, each label as often as the others', () => {
    const pass = [0, 1, 2, 3, 4].map((step) => indices(step, 4));
    expect(pass.flat().sort((a, b) => a - b)).toEqual(examples.map(({ index }) => index));
    for (const step of pass) expect(step.filter((index) => index % 2 === 0)).toHaveLength(2);
  });

  it('is a function of seed and step, another at each pass', () => {
    expect(indices(7, 4)).toEqual(indices(7, 4));
    expect([5, 6, 7, 8, 9].map((step) => indices(step, 4))).not.toEqual(
      [0, 1, 2, 3, 4].map((step) => indices(step, 4)),
    );
    expect(indices(0, 4, 1)).not.toEqual(indices(0, 4));
  });

  it('leaves out what is too short for a step', () => {
    expect([0, 1, 2].map((step) => indices(step, 8).length)).toEqual([8, 8, 8]);
  });
});

describe('checkExamplesPerStep', () => {
  const task = (groupBy: 'batch' | 'example') => ({
    name: 'toy',
    groupBy,
    splits: { train: examples, dev: examples, test: examples },
  });

  it('refuses as many as there are, and tasks in which a prompt meets one input', () => {
    expect(() => checkExamplesPerStep(task('batch'), { examplesPerStep: 20 })).toThrow('every step has all of them');
    expect(() => checkExamplesPerStep(task('example'), { examplesPerStep: 2 })).toThrow('meet one input only');
    expect(() => checkExamplesPerStep(task('batch'), { examplesPerStep: 19 })).not.toThrow();
    expect(() => checkExamplesPerStep(task('example'), { examplesPerStep: undefined })).not.toThrow();
  });
});

describe('MinibatchCandidates', () => {
  const prompt = (text: string) => ({ tokenIds: [1], text });

  it('gives the best once, by their latest reward', () => {
    const minibatchCandidates = new MinibatchCandidates(8);
    minibatchCandidates.add(prompt('a'), 9);
    minibatchCandidates.add(prompt('b'), 5);
    minibatchCandidates.add(prompt('c'), 7);
    minibatchCandidates.add(prompt('a'), 1);
    expect(minibatchCandidates.take(2).map(({ text }) => text)).toEqual(['c', 'b']);
    expect(minibatchCandidates.take(2).map(({ text }) => text)).toEqual(['a']);
  });

  it('forgets the worst of too many, and continues from what was saved', () => {
    const minibatchCandidates = new MinibatchCandidates(2);
    for (let i = 0; i < 5; i++) minibatchCandidates.add(prompt(`p${i}`), i);
    const resumed = new MinibatchCandidates(2);
    resumed.restore(JSON.parse(JSON.stringify(minibatchCandidates.save())));
    expect(resumed.take(9).map(({ text }) => text)).toEqual(['p4', 'p3']);
    minibatchCandidates.clear();
    expect(minibatchCandidates.take(9)).toEqual([]);
  });
});
