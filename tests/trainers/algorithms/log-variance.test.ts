import { expect, it } from 'vitest';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, toySettings, toyStep } from '../toy-search.js';

/** The parameters after one step. */
async function learned(replayUpdates: number): Promise<number[]> {
  const generator = scriptedGenerator();
  const settings = toySettings({ trainer: 'log-variance', promptsPerStep: 8, seed: 5, replayUpdates });
  const trainer = await createTrainer('log-variance', generator, settings);
  await toyStep(trainer, findTheWords([1, 2, 3].map((id) => id + 4)), settings);
  const { arrays } = trainer.save();
  await trainer.dispose();
  return Object.entries(arrays).flatMap(([name, array]) => (name.startsWith('policy') ? [...array] : []));
}

it('learns from prompts scored before as often as it is told to', async () => {
  const [none, one, two] = [await learned(0), await learned(1), await learned(2)];
  expect(none.length).toBeGreaterThan(0);
  expect(one).not.toEqual(none);
  expect(two).not.toEqual(one);
});
