import { describe, expect, it } from 'vitest';
import type { Objective, ObjectiveItem } from '../../../src/rewards/objectives/contract/objective.js';
import { WeightedObjectives } from '../../../src/rewards/objectives/weighted-objectives.js';

const item = (text: string, volume?: number): ObjectiveItem => ({
  text,
  evaluation: { reward: 1, metrics: {}, ...(volume === undefined ? {} : { volume }) },
});

const length: Objective = {
  name: 'length',
  range: [-10, 0],
  readsOutputs: false,
  score: async (items) => items.map(({ text }) => -text.length),
};

function remembering(): Objective & { state: unknown } {
  return {
    name: 'judge',
    range: [0, 1],
    readsOutputs: true,
    digest: 'abc',
    state: 'new',
    score: async (items, { signal } = {}) => items.map(() => (signal ? 1 : 0.5)),
    metrics: () => ({ 'judge/calls': 3 }),
    save() {
      return this.state;
    },
    restore(state: unknown) {
      this.state = state;
    },
    attach: () => undefined,
  } as Objective & { state: unknown };
}

const weighted = (objectives: readonly Objective[], combine: 'sum' | 'hypervolume' = 'sum') =>
  new WeightedObjectives(objectives, { objectives: { length: 1, judge: 3 }, combine });

describe('the objectives of a run', () => {
  it('are described, and say what they depend on, pay for and report', () => {
    const all = weighted([length, remembering()]);
    expect(all.describe()).toEqual([
      { name: 'length', weight: 1, range: [-10, 0] },
      { name: 'judge', weight: 3, range: [0, 1] },
    ]);
    expect([all.rule, all.readsOutputs, weighted([length]).readsOutputs]).toEqual(['sum', true, false]);
    expect([all.digests(), all.metrics()]).toEqual([{ judge: 'abc' }, { 'judge/calls': 3 }]);
    expect(all.payingObjectives.map(({ name }) => name)).toEqual(['judge']);
    expect(weighted([length]).metrics()).toEqual({});
  });

  it('measure every item, with its area where the rule needs it, and can be stopped', async () => {
    const items = [item('ab', 0.25), item('abcd')];
    expect(await weighted([length, remembering()]).measure(items)).toEqual([
      { length: -2, judge: 0.5 },
      { length: -4, judge: 0.5 },
    ]);
    const stoppable = await weighted([remembering()]).measure(items, new AbortController().signal);
    expect(stoppable).toEqual([{ judge: 1 }, { judge: 1 }]);
    expect(await weighted([length], 'hypervolume').measure(items)).toEqual([
      { length: -2, volume: 0.25 },
      { length: -4, volume: Number.NaN },
    ]);
  });

  it('weigh what they measured by the weights there are now', () => {
    const all = weighted([length, remembering()]);
    // Shares of the ranges: 0.8 and 0.5.
    expect(all.rewardOf({ length: -2, judge: 0.5 })).toBeCloseTo((100 * (0.8 + 3 * 0.5)) / 4, 10);
    all.setWeights({ length: 1 });
    expect(all.weights).toEqual({ length: 1, judge: 0 });
    expect(all.rewardOf({ length: -2, judge: 0.5 })).toBeCloseTo(80, 10);
  });

  it('keep weights and what objectives remember', () => {
    const all = weighted([length, remembering()]);
    all.setWeights({ length: 2, judge: 5 });
    const state = all.save();
    expect(state).toEqual({ weights: { length: 2, judge: 5 }, terms: { judge: 'new' } });
    const judge = remembering();
    const again = weighted([length, judge]);
    again.restore({ ...state, terms: { judge: 'old' } });
    expect([again.weights, judge.state]).toEqual([{ length: 2, judge: 5 }, 'old']);
    again.restore({ ...state, terms: {} });
    expect(judge.state).toBe('old');
  });
});
