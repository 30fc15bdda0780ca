import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { balancedOrder, raceRounds, shrunkMean, survivors } from '../../../src/rewards/racing/racing.js';
import { race } from '../../../src/rewards/racing/racing-evaluator.js';
import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../../src/task/types.js';
import { examplesOf } from '../scripted-scorer.js';

const rows = (promptCount: number, exampleCount: number): number =>
  raceRounds(promptCount, exampleCount).reduce(
    (sum, { prompts, examples }, i, rounds) => sum + prompts * (examples - (rounds[i - 1]?.examples ?? 0)),
    0,
  );

describe('the rounds of a race', () => {
  it('double the examples and halve the prompts: half the rows for 16 prompts and 32 examples', () => {
    expect(raceRounds(16, 32)).toEqual([
      { prompts: 16, examples: 8 },
      { prompts: 8, examples: 16 },
      { prompts: 4, examples: 32 },
    ]);
    expect([rows(16, 32), 16 * 32]).toEqual([256, 512]);
  });

  it('leave two prompts to the end, and end with the last example', () => {
    expect(raceRounds(16, 100)).toEqual([
      { prompts: 16, examples: 8 },
      { prompts: 8, examples: 16 },
      { prompts: 4, examples: 32 },
      { prompts: 2, examples: 64 },
      { prompts: 2, examples: 100 },
    ]);
    expect(raceRounds(5, 12)).toEqual([
      { prompts: 5, examples: 8 },
      { prompts: 3, examples: 12 },
    ]);
  });

  it('are one where there is little to save', () => {
    expect(raceRounds(16, 8)).toEqual([{ prompts: 16, examples: 8 }]);
    expect(raceRounds(1, 20).map(({ prompts }) => prompts)).toEqual([1, 1, 1]);
  });
});

describe('the parts of a race', () => {
  it('those with the highest means go on, of equals the first', () => {
    const contenders = [1, 5, 1, 9].map((reward, index) => ({ index, reward }));
    expect(survivors(contenders, 3).map(({ index }) => index)).toEqual([3, 1, 0]);
    expect(survivors(contenders.toReversed(), 3).map(({ index }) => index)).toEqual([3, 1, 0]);
  });

  it('a partial mean is drawn toward the mean of the step, less the more it has seen', () => {
    expect(shrunkMean(10, 8, 30)).toBe(20);
    expect(shrunkMean(10, 24, 30)).toBe(15);
  });

  it('every beginning of the order holds the labels evenly, and the order is another in another step', () => {
    const examples = examplesOf(
      Array.from({ length: 24 }, (_, i) => `t${i}`),
      Array.from({ length: 24 }, (_, i) => Number(i < 12)),
    );
    const order = (counter: number): Example[] => balancedOrder(examples, Rng.restore({ seed: 1, stream: 7, counter }));
    for (const n of [2, 8, 16]) {
      expect(
        order(0)
          .slice(0, n)
          .filter(({ label }) => label === 1),
      ).toHaveLength(n / 2);
    }
    expect(new Set(order(0))).toEqual(new Set(examples));
    expect(order(0)).toEqual(order(0));
    expect(order(0)).not.toEqual(order(2 ** 24));
  });
});

describe('a race', () => {
  const examples = examplesOf(
    Array.from({ length: 32 }, (_, i) => `t${i}`),
    Array.from({ length: 32 }, (_, i) => i % 2),
  );
  /** Prompt `p7` is worth 7 on every example. */
  const items: EvaluationItem[] = Array.from({ length: 16 }, (_, i) => ({ text: `p${i}`, examples }));

  it('scores few prompts on all examples, ranks them alone, and shrinks what the others got', async () => {
    const evaluator = new CountingEvaluator((text) => Number(text.slice(1)));
    const evaluated = await race(evaluator, items, { seed: 0, step: 0 });
    expect(evaluator.rows()).toBe(256);
    const complete = evaluated.flatMap(({ partial }, i) => (partial ? [] : [i]));
    expect(complete).toEqual([12, 13, 14, 15]);
    expect(complete.map((i) => evaluated[i]!.reward)).toEqual([12, 13, 14, 15]);
    expect(evaluated[0]).toMatchObject({ reward: (8 * 0 + 8 * 7.5) / 16, partial: true, metrics: { half: 0 } });
    expect(evaluated[11]!.reward).toBeCloseTo((16 * 11 + 8 * 7.5) / 24, 12);
  });

  it('shows every prompt of a round the same examples, and another step others', async () => {
    const evaluator = new CountingEvaluator(() => 1);
    await race(evaluator, items, { seed: 0, step: 3 });
    const first = evaluator.calls[0]!;
    expect(new Set(first.map((item) => item.examples))).toHaveProperty('size', 1);
    expect(first[0]!.examples).toHaveLength(8);
    const other = new CountingEvaluator(() => 1);
    await race(other, items, { seed: 0, step: 4 });
    expect(other.calls[0]![0]!.examples).not.toEqual(first[0]!.examples);
    const again = new CountingEvaluator(() => 1);
    await race(again, items, { seed: 0, step: 3 });
    expect(again.calls).toEqual(evaluator.calls);
  });

  it('lets a prompt that was proposed twice run once', async () => {
    const evaluator = new CountingEvaluator((text) => Number(text.slice(1)));
    const twice = [...items, ...items];
    const evaluated = await race(evaluator, twice, { seed: 0, step: 0 });
    expect(evaluator.rows()).toBe(256);
    expect(evaluated.slice(16)).toEqual(evaluated.slice(0, 16));
  });
});

/** Every example rewards a prompt alike; rows are counted as with a reward cache. */
class CountingEvaluator implements Evaluator {
  readonly metric = 'half';
  readonly calls: (readonly EvaluationItem[])[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly worth: (text: string) => number) {}

  async evaluate(items: readonly EvaluationItem[]): Promise<Evaluation[]> {
    this.calls.push(items);
    return items.map(({ text, examples }) => {
      for (const { index } of examples) this.known.add(`${index} ${text}`);
      return { reward: this.worth(text), metrics: { half: this.worth(text) / 2 } };
    });
  }

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.known.size, cacheHits: 0 };
  }

  rows(): number {
    return this.known.size;
  }
}
