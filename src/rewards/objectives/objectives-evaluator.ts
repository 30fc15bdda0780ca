import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../task/types.js';
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

  async evaluate(
    items: readonly EvaluationItem[],
    options: { signal?: AbortSignal; details?: boolean } = {},
  ): Promise<Evaluation[]> {
    const positions = [...items.keys()].filter((i) => this.isOfTrain(items[i]!));
    if (positions.length === 0) return await this.inner.evaluate(items, options);
    const details = options.details || this.objectives.readsOutputs;
    const evaluations = await this.inner.evaluate(items, { ...options, details });
    const values = await this.objectives.measure(
      positions.map((i) => ({ text: items[i]!.text, evaluation: evaluations[i]! })),
      options.signal,
    );
    positions.forEach((i, k) => {
      evaluations[i] = { ...evaluations[i]!, reward: this.objectives.rewardOf(values[k]!), parts: values[k]! };
    });
    return evaluations;
  }

  private isOfTrain({ examples: [first] }: EvaluationItem): boolean {
    return first !== undefined && this.train[first.index] === first;
  }
}
