import { describe, expect, it } from 'vitest';
import { StepData } from '../../../src/run/loop/step-data.js';
import type { Task } from '../../../src/task/types.js';

const train = ['a', 'b', 'c'].map((text, index) => ({ index, text, label: 0, fields: {} }));
const taskOf = (groupBy: Task['groupBy']) => ({ groupBy, splits: { train, dev: [], test: [] } });
const settings = { seed: 0, examplesPerStep: undefined, inputsPerStep: 2, promptsPerStep: 4 };
const rollouts = ['w', 'x', 'y', 'z'].map((text, id) => ({ tokenIds: [id], text, trace: undefined }));

describe('the examples of a step', () => {
  it('are all of them, in one group, where rewards are compared over the batch', () => {
    const data = new StepData(taskOf('batch'), settings, { readsInputs: false });
    expect(data.examplesMet).toBe('all');
    expect(data.proposeOptions(3)).toEqual({});
    const { items, groups } = data.examplesOf(rollouts, 3);
    expect(items.map(({ text, examples }) => [text, examples === train])).toEqual(
      ['w', 'x', 'y', 'z'].map((text) => [text, true]),
    );
    expect(groups).toBeUndefined();
  });

  it('are as many as the setting says, the same for every prompt of the step', () => {
    const data = new StepData(taskOf('batch'), { ...settings, examplesPerStep: 2 }, { readsInputs: false });
    expect(data.examplesMet).toBe('some');
    const { items } = data.examplesOf(rollouts, 0);
    expect(new Set(items.map(({ examples }) => examples)).size).toBe(1);
    expect(items[0]?.examples).toHaveLength(2);
  });

  it('are one per prompt where a task groups by example: inputs follow each other by step and come round', () => {
    const data = new StepData(taskOf('example'), settings, { readsInputs: false });
    expect(data.examplesMet).toBe('one');
    const metAt = (step: number) => data.examplesOf(rollouts, step).items.map(({ examples }) => examples[0]?.text);
    expect(metAt(0)).toEqual(['a', 'b', 'a', 'b']);
    expect(metAt(1)).toEqual(['c', 'a', 'c', 'a']);
    expect(metAt(2)).toEqual(['b', 'c', 'b', 'c']);
    expect(data.examplesOf(rollouts, 1).groups).toEqual([2, 0, 2, 0]);
  });

  it('are those that the policy has read, and it reads texts only', () => {
    const data = new StepData(taskOf('batch'), settings, { readsInputs: true });
    const { inputs } = data.proposeOptions(5);
    expect(inputs).toHaveLength(4);
    expect(inputs?.slice(0, 2)).toEqual(inputs?.slice(2));
    const { items } = data.examplesOf(rollouts, 5);
    expect(items.map(({ examples }) => examples[0]?.text)).toEqual(inputs);
  });
});
