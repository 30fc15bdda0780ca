import type { Assessment, AssessmentItem, Assessor, Example } from '../../task/types.js';
import type { Objectives } from './objectives.js';

/**
 * Rewards prompts by several terms on the train examples, where the search learns. On dev and test the task's own reward and
 * metric stay as they are: they choose between prompts, and mean the same whatever the weights.
 */
export class ObjectivesAssessor implements Assessor {
  readonly metric: string;

  constructor(
    private readonly inner: Assessor,
    private readonly objectives: Objectives,
    private readonly train: readonly Example[],
  ) {
    this.metric = inner.metric;
  }

  counters(): { forwards: number; cacheHits: number } {
    return this.inner.counters();
  }

  async assess(
    items: readonly AssessmentItem[],
    options: { signal?: AbortSignal; details?: boolean } = {},
  ): Promise<Assessment[]> {
    const positions = [...items.keys()].filter((i) => this.isOfTrain(items[i]!));
    if (positions.length === 0) return await this.inner.assess(items, options);
    const details = options.details || this.objectives.readsOutputs;
    const assessments = await this.inner.assess(items, { ...options, details });
    const values = await this.objectives.measure(
      positions.map((i) => ({ text: items[i]!.text, assessment: assessments[i]! })),
      options.signal,
    );
    positions.forEach((i, k) => {
      assessments[i] = { ...assessments[i]!, reward: this.objectives.rewardOf(values[k]!), parts: values[k]! };
    });
    return assessments;
  }

  private isOfTrain({ examples: [first] }: AssessmentItem): boolean {
    return first !== undefined && this.train[first.index] === first;
  }
}
