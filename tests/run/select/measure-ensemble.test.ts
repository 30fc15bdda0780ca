import { describe, expect, it } from 'vitest';
import { measureEnsemble } from '../../../src/run/select/measure-ensemble.js';
import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../../src/task/types.js';
import { examples } from './table-evaluator.js';

const SPLITS = { train: examples(2, 'train'), dev: examples(2, 'dev'), test: examples(4, 'test') };

/** How sure each prompt is that the answer is "yes". */
const SURE: Readonly<Record<string, number>> = { bold: 0.9, shy: 0.4, meek: 0.2, unasked: 0 };

class SureEvaluator implements Evaluator {
  readonly metric = 'accuracy';
  readonly asked: [text: string, count: number, details: boolean | undefined][] = [];

  async evaluate(items: readonly EvaluationItem[], options?: { readonly details?: boolean }): Promise<Evaluation[]> {
    return items.map(({ text, examples: rows }) => {
      this.asked.push([text, rows.length, options?.details]);
      const outcomes = rows.map(({ index, label }: Example) => ({
        index,
        label: label === 1 ? 'yes' : 'no',
        probabilities: { no: 1 - SURE[text]!, yes: SURE[text]! },
        reward: 0,
      }));
      return { reward: 0, metrics: {}, outcomes };
    });
  }

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: 0, cacheHits: 0 };
  }
}

const prompt = (text: string) =>
  ({ tokenIds: [], tokens: [], text, step: 1, reward: 0, train: {}, origin: 'policy' }) as const;
const found = ['bold', 'shy', 'meek', 'unasked'].map(prompt);

describe('the best prompts together', () => {
  it('are measured on test and dev, as many as are asked for', async () => {
    const evaluator = new SureEvaluator();
    const config = { ensemble: 3, correct: 200, incorrect: 180 };
    const { ensemble } = await measureEnsemble({ config, task: { splits: SPLITS }, evaluator }, found);
    expect(ensemble?.prompts).toEqual(['bold', 'shy', 'meek']);
    expect(ensemble?.test.n).toBe(4);
    expect(ensemble?.dev).not.toHaveProperty('n');
    expect(evaluator.asked).toEqual(
      [4, 2].flatMap((count) => ['bold', 'shy', 'meek'].map((text) => [text, count, true])),
    );
  });

  it('answer by the mean of their probabilities', async () => {
    const config = { ensemble: 2, correct: 200, incorrect: 180 };
    const { ensemble } = await measureEnsemble(
      { config, task: { splits: SPLITS }, evaluator: new SureEvaluator() },
      found,
    );
    // "yes" has (0.9 + 0.4) / 2 = 0.65: right by 0.3 for every second example, wrong by 0.3 for the others.
    expect(ensemble?.dev.accuracy).toBe(0.5);
    expect(ensemble?.dev.reward).toBeCloseTo((200 * 0.3 - 180 * 0.3) / 2, 9);
  });

  it('are not measured unless that is asked for', async () => {
    const evaluator = new SureEvaluator();
    const config = { ensemble: undefined, correct: 200, incorrect: 180 };
    expect(await measureEnsemble({ config, task: { splits: SPLITS }, evaluator }, found)).toEqual({});
    expect(evaluator.asked).toEqual([]);
  });
});
