import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../../src/task/types.js';

/** The reward of a prompt on an example; above 0 the answer is right. */
export type Worth = (item: { readonly text: string; readonly example: Example; readonly words: string }) => number;

/** Evaluates prompts by a function, and notes what it was asked for. */
export class TableEvaluator implements Evaluator {
  readonly metric = 'accuracy';
  readonly asked: EvaluationItem[] = [];

  constructor(private readonly worth: Worth) {}

  async evaluate(items: readonly EvaluationItem[]): Promise<Evaluation[]> {
    this.asked.push(...items);
    return items.map(({ text, examples, reading }) => {
      const words = reading?.words[0]?.words.join(' ') ?? '';
      const exampleRewards = Float64Array.from(examples, (example) => this.worth({ text, example, words }));
      const right = exampleRewards.filter((reward) => reward > 0).length;
      const reward = exampleRewards.reduce((sum, value) => sum + value, 0) / examples.length;
      return {
        reward,
        metrics: { accuracy: right / examples.length },
        exampleRewards,
        ...(reading ? { reading } : {}),
      };
    });
  }

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.asked.length, cacheHits: 0 };
  }

  /** The prompts it was asked for, each with the number of its examples. */
  prompts(): string[] {
    return this.asked.map(({ text, examples }) => `${text}:${examples.length}`);
  }
}

export function examples(count: number, split: string): Example[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    text: `${split} ${index}`,
    label: index % 2,
    fields: {},
  }));
}
