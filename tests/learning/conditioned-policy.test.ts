import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { toStepRewards } from '../../src/rewards/shaping/reward-shaper.js';
import type { Rollout } from '../../src/trainers/contract/types.js';
import { createTrainer } from '../../src/trainers/registry.js';
import { CONDITIONED_TRAINERS, type TrainerName } from '../../src/trainers/trainer-table.js';
import { type ScriptedGenerator, scriptedGenerator } from '../trainers/scripted-generator.js';
import { toySettings } from '../trainers/toy-search.js';

/** Each input has a prompt of its own; no prompt is right for two of them in any place. */
const WINNERS: Readonly<Record<string, readonly [string, string]>> = {
  ' great movie': ['loud', 'sweet'],
  ' boring plot': ['plain', 'dark'],
  ' warm music': ['slow', 'great'],
  ' strange scene': ['sweet', 'loud'],
};
const INPUTS = Object.keys(WINNERS);
/** What the best single prompt gets: each of its words is right for one input of four. */
const BEST_SINGLE = 100 / INPUTS.length;
const STEPS = 150;
const SEEDS = [0, 1];

/** Step sizes for an MLP of 16 units; the defaults are for one of 2,048. */
const SETTINGS: Partial<Record<TrainerName, Partial<RunConfigInput>>> = {
  'soft-q-learning': { learningRate: 3e-2 },
  'log-variance': { learningRate: 1e-2, rewardTo: [0, 5], replayUpdates: 3, resampling: 4 },
  reinforce: { learningRate: 1e-2 },
  ppo: { learningRate: 3e-3 },
  'sparse-q-learning': { learningRate: 1e-2, temperature: 3 },
};

function rewardOf(generator: ScriptedGenerator, { tokenIds, input }: Rollout): number {
  const winner = WINNERS[input!]!.map((word) => generator.idOf(word));
  return (100 * winner.filter((id, position) => tokenIds[position] === id).length) / winner.length;
}

/** Mean reward of the likeliest prompts, an input each, after some steps of learning. */
async function learn(trainer: TrainerName, seed: number): Promise<{ reward: number; prompts: string[] }> {
  const generator = scriptedGenerator({ fluentWords: Object.values(WINNERS).flat(), hiddenSize: 16 });
  const settings = toySettings({
    trainer,
    seed,
    inputConditioned: true,
    promptLength: 2,
    ...SETTINGS[trainer],
  });
  const policy = await createTrainer(trainer, generator, settings);
  const perInput = settings.promptsPerStep / settings.inputsPerStep;
  for (let step = 0; step < STEPS; step++) {
    const inputs = Array.from({ length: settings.promptsPerStep }, (_, i) => INPUTS[Math.floor(i / perInput)]!);
    const rollouts = await policy.propose(inputs.length, { inputs });
    const raw = rollouts.map((rollout) => rewardOf(generator, rollout));
    const groups = inputs.map((input) => INPUTS.indexOf(input));
    await policy.update(rollouts, toStepRewards(raw, settings, groups));
  }
  const prompts = await policy.conditioned!.promptsFor(INPUTS);
  await policy.dispose();
  const reward = prompts.reduce((sum, rollout) => sum + rewardOf(generator, rollout) / prompts.length, 0);
  return { reward, prompts: prompts.map(({ text }) => text) };
}

describe('a policy that reads its input', () => {
  const trainers = CONDITIONED_TRAINERS.map((trainer) => [trainer] as const);
  it.for(trainers)(
    'learned by %s, beats the best single prompt',
    { timeout: 300_000 },
    async ([trainer], { annotate }) => {
      const outcomes = [];
      for (const seed of SEEDS) outcomes.push(await learn(trainer, seed));
      await annotate(
        `${trainer}: ${outcomes.map(({ reward, prompts }) => `${reward} (${prompts.join(' | ')})`).join(', ')}`,
      );
      const mean = outcomes.reduce((sum, { reward }) => sum + reward / outcomes.length, 0);
      expect(mean).toBeGreaterThan(2 * BEST_SINGLE);
    },
  );
});
