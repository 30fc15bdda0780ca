import { describe, expect, it } from 'vitest';
import { checkExamplesPerStep, stepExamples } from '../../../src/run/loop/step-examples.js';

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
