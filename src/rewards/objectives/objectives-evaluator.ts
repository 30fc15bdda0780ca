import { zip } from '../../statistics/zip.js';
import type { Evaluation, EvaluationItem, EvaluationOptions, Evaluator, Example } from '../../task/types.js';
import type { WeightedObjectives } from './weighted-objectives.js';

/**
 * Rewards prompts by several objectives on the train examples, where the search learns. On dev and test the task's own reward and
 * metric stay as they are: they choose between prompts, and mean the same whatever the weights.
 */
export class ObjectivesEvaluator implements Evaluator {
  readonly metric: string;

  constructor(
    private readonly inner: Evaluator,
    private readonly objectives: WeightedObjectives,
    private readonly train: readonly Example[],
  ) {
    this.metric = inner.metric;
  }

  counters(): { forwards: number; cacheHits: number } {
    return this.inner.counters();
  }

  async evaluate(items: readonly EvaluationItem[], options: EvaluationOptions = {}): Promise<Evaluation[]> {
    if (!items.some((item) => this.isOfTrain(item))) return await this.inner.evaluate(items, options);
    const details = options.details || this.objectives.readsOutputs;
    const evaluations = await this.inner.evaluate(items, { ...options, details });
    const rewarded = [...zip(items, evaluations)].filter(([item]) => this.isOfTrain(item));
    const values = await this.objectives.measure(
      rewarded.map(([{ text }, evaluation]) => ({ text, evaluation })),
      options.signal,
    );
    const partsOf = new Map(
      zip(
        rewarded.map(([item]) => item),
        values,
      ),
    );
    return [...zip(items, evaluations)].map(([item, evaluation]) => {
      const parts = partsOf.get(item);
      return parts ? { ...evaluation, reward: this.objectives.rewardOf(parts), parts } : evaluation;
    });
  }

  private isOfTrain({ examples: [first] }: EvaluationItem): boolean {
    return first !== undefined && this.train[first.index] === first;
  }
}
