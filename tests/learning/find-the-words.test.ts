import { beforeAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { createTrainer } from '../../src/trainers/registry.js';
import { TRAINER_NAMES, type TrainerName } from '../../src/trainers/trainer-table.js';
import { scriptedGenerator } from '../trainers/scripted-generator.js';
import { findTheWords, type ToyOutcome, toySearch, toySettings } from '../trainers/toy-search.js';

/** Of 64,000 prompts of three words one is the winner; each word is one that the language model likes. */
const FLUENT_WORDS = ['great', 'movie', 'plot', 'loud', 'sweet', 'dark', 'slow', 'plain'];
const WINNER = ['loud', 'sweet', 'plot'];
const SEEDS = [0, 1, 2];
/** Different prompts that may be scored. */
const BUDGET = 560;
/** Reward by which every trainer has to beat random search, unless it always finds the winner, whose reward is 100. */
const MARGIN = 10;

/** Step sizes for an MLP of 16 units; the defaults are for one of 2,048. */
const SETTINGS: Partial<Record<TrainerName, Partial<RunConfigInput>>> = {
  'soft-q-learning': { learningRate: 3e-2 },
  'log-variance': { learningRate: 1e-2, rewardTo: [0, 5], replayUpdates: 3, resampling: 4 },
  reinforce: { learningRate: 1e-2 },
  ppo: { learningRate: 3e-3 },
  'sparse-q-learning': { learningRate: 1e-2, temperature: 3 },
};

async function search(trainer: TrainerName): Promise<ToyOutcome[]> {
  const outcomes = [];
  for (const seed of SEEDS) {
    const generator = scriptedGenerator({ fluentWords: FLUENT_WORDS });
    const settings = toySettings({ trainer, seed, ...SETTINGS[trainer] });
    const searching = await createTrainer(trainer, generator, settings);
    outcomes.push(
      await toySearch(searching, findTheWords(WINNER.map((word) => generator.idOf(word))), settings, BUDGET),
    );
    await searching.dispose();
  }
  return outcomes;
}

function meanBest(outcomes: readonly ToyOutcome[]): number {
  return outcomes.reduce((sum, { best }) => sum + best, 0) / outcomes.length;
}

function describeOutcomes(outcomes: readonly ToyOutcome[]): string {
  return outcomes.map(({ best, foundAfter }) => `${best.toFixed(0)} after ${foundAfter}`).join(', ');
}

describe(`within ${BUDGET} scored prompts`, () => {
  let randomBest = 0;
  beforeAll(async () => {
    const outcomes = await search('random');
    expect(outcomes.every(({ scored }) => scored <= BUDGET)).toBe(true);
    randomBest = meanBest(outcomes);
  });

  const trainers = TRAINER_NAMES.filter((name) => name !== 'random');
  it.for(trainers)('%s finds the winning prompt, or beats random search', async (trainer, { annotate }) => {
    const outcomes = await search(trainer);
    await annotate(`${trainer}: ${describeOutcomes(outcomes)}`);
    expect(outcomes.every(({ scored }) => scored <= BUDGET)).toBe(true);
    expect(meanBest(outcomes), describeOutcomes(outcomes)).toBeGreaterThanOrEqual(Math.min(100, randomBest + MARGIN));
  });

  it('leaves random search room to be beaten', async ({ annotate }) => {
    await annotate(`random: mean best reward ${randomBest.toFixed(1)}`);
    expect(randomBest + MARGIN).toBeLessThan(100);
  });
});
