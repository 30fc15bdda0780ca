import { describe, expect, it } from 'vitest';
import type { Objective, ObjectiveItem } from '../../../src/rewards/objectives/contract/objective.js';
import { ObjectivesEvaluator } from '../../../src/rewards/objectives/objectives-evaluator.js';
import { WeightedObjectives } from '../../../src/rewards/objectives/weighted-objectives.js';
import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../../src/task/types.js';

const examplesOf = (split: string): Example[] =>
  [0, 1].map((index) => ({ index, text: `${split} ${index}`, fields: {} }));
const [train, dev] = [examplesOf('train'), examplesOf('dev')];

/** Rewards a prompt by its length, and notes what it was asked. */
class LengthEvaluator implements Evaluator {
  readonly metric = 'accuracy';
  readonly asked: { details: boolean; count: number }[] = [];

  counters() {
    return { forwards: 7, cacheHits: 3 };
  }

  async evaluate(items: readonly EvaluationItem[], options: { details?: boolean } = {}): Promise<Evaluation[]> {
    this.asked.push({ details: options.details ?? false, count: items.length });
    return items.map(({ text }) => ({ reward: text.length, metrics: { accuracy: 0.5 }, volume: 0.25 }));
  }
}

const own: Objective = {
  name: 'task',
  range: [0, 10],
  readsOutputs: false,
  score: async (items: readonly ObjectiveItem[]) => items.map(({ evaluation }) => evaluation.reward),
};

function vowels(readsOutputs = false): Objective & { calls: number } {
  return {
    name: 'vowels',
    range: [0, 4],
    readsOutputs,
    calls: 0,
    async score(items) {
      this.calls += items.length;
      return items.map(({ text }) => text.replaceAll(/[^aeiou]/g, '').length);
    },
    save() {
      return this.calls;
    },
    restore(saved) {
      this.calls = saved as number;
    },
  };
}

describe('an evaluator of several objectives', () => {
  it('combines the objectives on train and leaves dev as the task has it', async () => {
    const objective = vowels();
    const inner = new LengthEvaluator();
    const objectives = new WeightedObjectives([own, objective], { objectives: { task: 1, vowels: 1 }, combine: 'sum' });
    const evaluator = new ObjectivesEvaluator(inner, objectives, train);
    const items = [
      { text: 'idea', examples: train },
      { text: 'idea', examples: dev },
      { text: 'tree', examples: [train[1]!] },
    ];
    const [onTrain, onDev, onOne] = await evaluator.evaluate(items);
    expect(onTrain).toMatchObject({ reward: 100 * ((0.4 + 0.75) / 2), parts: { task: 4, vowels: 3 } });
    expect(onOne).toMatchObject({ reward: 100 * ((0.4 + 0.5) / 2), parts: { task: 4, vowels: 2 } });
    expect(onDev).toEqual({ reward: 4, metrics: { accuracy: 0.5 }, volume: 0.25 });
    expect(objective.calls).toBe(2);
    expect(inner.asked).toEqual([{ details: false, count: 3 }]);
    expect(evaluator.counters()).toEqual({ forwards: 7, cacheHits: 3 });
    expect(evaluator.metric).toBe('accuracy');
  });

  it('asks for outputs only where an objective reads them, and there is something for it to read', async () => {
    const inner = new LengthEvaluator();
    const objectives = new WeightedObjectives([own, vowels(true)], {
      objectives: { task: 1, vowels: 1 },
      combine: 'sum',
    });
    const evaluator = new ObjectivesEvaluator(inner, objectives, train);
    await evaluator.evaluate([{ text: 'idea', examples: train }]);
    await evaluator.evaluate([{ text: 'idea', examples: dev }]);
    expect(inner.asked.map(({ details }) => details)).toEqual([true, false]);
  });

  it('rewards by the weights of now, and keeps them with what the objectives remember', async () => {
    const objective = vowels();
    const settings = { objectives: { task: 1, vowels: 0 }, combine: 'product' } as const;
    const objectives = new WeightedObjectives([own, objective], settings);
    const [values] = await objectives.measure([{ text: 'idea', evaluation: { reward: 4, metrics: {} } }]);
    expect(objectives.rewardOf(values!)).toBeCloseTo(40, 12);
    objectives.setWeights({ task: 0, vowels: 2 });
    expect(objectives.rewardOf(values!)).toBeCloseTo(100 * 0.75 ** 2, 12);
    expect(objectives.describe()).toEqual([
      { name: 'task', weight: 0, range: [0, 10] },
      { name: 'vowels', weight: 2, range: [0, 4] },
    ]);
    const fresh = vowels();
    const resumed = new WeightedObjectives([own, fresh], settings);
    resumed.restore(JSON.parse(JSON.stringify(objectives.save())));
    expect(resumed.weights).toEqual({ task: 0, vowels: 2 });
    expect(fresh.calls).toBe(1);
  });
});
