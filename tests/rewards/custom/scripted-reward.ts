import type { RewardRow } from '../../../src/task/define/reward-messages.js';
import type { RewardBatch, Task } from '../../../src/task/types.js';
import { examplesOf, taskOf } from '../scripted-scorer.js';

export const task: Task = {
  ...taskOf(examplesOf(['a', 'b', 'c'], [0, 1, 0]), []),
  kind: 'custom',
  file: '/tasks/mine.ts',
};

/** A reward that is a function of prompt and batch, with a record of what it was asked. */
export class ScriptedReward {
  readonly asked: RewardBatch[] = [];
  readonly seeds: number[] = [];
  constructor(private readonly answer: (prompt: string, batch: RewardBatch, call: number) => Partial<RewardRow>) {}

  async score(batch: RewardBatch, { seed }: { readonly seed: number }): Promise<RewardRow[]> {
    this.seeds.push(seed);
    this.asked.push(batch);
    return batch.prompts.map((prompt) => ({
      reward: 0,
      parts: {},
      metrics: {},
      ...this.answer(prompt, batch, this.asked.length),
    }));
  }
}

export const byLength = () =>
  new ScriptedReward((prompt) => ({ reward: prompt.length, parts: { length: prompt.length } }));
