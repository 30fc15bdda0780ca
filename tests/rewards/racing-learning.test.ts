import { describe, expect, it } from 'vitest';
import { race } from '../../src/rewards/racing/racing-evaluator.js';
import { toStepRewards } from '../../src/rewards/shaping/reward-shaper.js';
import type { Evaluation, EvaluationItem, Evaluator } from '../../src/task/types.js';
import { createTrainer } from '../../src/trainers/registry.js';
import { scriptedGenerator } from '../trainers/scripted-generator.js';
import { findTheWords, toySettings } from '../trainers/toy-search.js';
import { examplesOf } from './scripted-scorer.js';

const WINNER = ['loud', 'sweet', 'plot'];
const SEEDS = [0, 1, 2, 3];
const MAX_FORWARDS = 60_000;
const examples = examplesOf(
  Array.from({ length: 32 }, (_, i) => `t${i}`),
  Array.from({ length: 32 }, (_, i) => i % 2),
);

/** Rewards of a prompt differ between examples, some of which are hard for every prompt; rows are paid for once. */
class NoisyEvaluator implements Evaluator {
  readonly metric = 'reward';
  private readonly known = new Set<string>();

  constructor(private readonly worth: (text: string) => number) {}

  async evaluate(items: readonly EvaluationItem[]): Promise<Evaluation[]> {
    return items.map(({ text, examples: asked }) => {
      const rewards = asked.map(({ index }) => {
        this.known.add(`${index} ${text}`);
        return this.worth(text) + 20 * Math.cos(index) + 15 * noise(text, index);
      });
      return { reward: rewards.reduce((a, b) => a + b, 0) / rewards.length, metrics: {} };
    });
  }

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.known.size, cacheHits: 0 };
  }
}

/** From -1 to 1, of prompt and example alone. */
function noise(text: string, index: number): number {
  const sum = [...text].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 65_521, index * 7919 + 1);
  return Math.sin(sum);
}

/** Rows through the target LM until a prompt that was scored on all examples is the winner. */
async function forwardsToWin(seed: number, racing: boolean): Promise<number> {
  const generator = scriptedGenerator({ fluentWords: ['great', 'movie', 'loud', 'sweet', 'plot', 'dark', 'slow'] });
  const settings = toySettings({ trainer: 'evolution', seed });
  const reward = findTheWords(WINNER.map((word) => generator.idOf(word)));
  const worth = (text: string): number => reward(generator.tokenizer.encode(` ${text}`));
  const evaluator = new NoisyEvaluator(worth);
  const trainer = await createTrainer('evolution', generator, settings);
  for (let step = 0; evaluator.counters().forwards < MAX_FORWARDS; step++) {
    const rollouts = await trainer.propose(settings.promptsPerStep);
    const items = rollouts.map(({ text }) => ({ text, examples }));
    const evaluated = racing ? await race(evaluator, items, { seed, step }) : await evaluator.evaluate(items);
    if (rollouts.some(({ text }, i) => worth(text) === 100 && !evaluated[i]!.partial)) break;
    const raw = evaluated.map((evaluation) => evaluation.reward);
    await trainer.update(rollouts, toStepRewards(raw, settings));
  }
  await trainer.dispose();
  return evaluator.counters().forwards;
}

describe('evolution with racing', () => {
  it('finds the same best prompt for fewer forwards', async ({ annotate }) => {
    const total = { racing: 0, all: 0 };
    for (const seed of SEEDS) {
      total.racing += await forwardsToWin(seed, true);
      total.all += await forwardsToWin(seed, false);
    }
    await annotate(`forwards over ${SEEDS.length} seeds: ${total.racing} with races, ${total.all} without`);
    expect(total.all).toBeLessThan(SEEDS.length * MAX_FORWARDS);
    expect(total.racing).toBeLessThan(0.8 * total.all);
  });
});
