import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, toySettings, toyStep } from '../toy-search.js';

async function ppo(given: Partial<RunConfigInput>) {
  const generator = scriptedGenerator();
  const settings = toySettings({ trainer: 'ppo', promptsPerStep: 16, seed: 3, ...given });
  const trainer = await createTrainer('ppo', generator, settings);
  const reward = findTheWords(['great', 'movie', 'plot'].map((word) => generator.idOf(word)));
  return { trainer, step: () => toyStep(trainer, reward, settings) };
}

function policyOf(arrays: Readonly<Record<string, Float32Array>>): string {
  return JSON.stringify(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith('policy'))
      .map(([name, array]) => [name, [...array]]),
  );
}

describe('PPO', () => {
  it.each([0, 1, 3])('leaves the policy alone for exactly the first %i steps', async (criticWarmup) => {
    const { trainer, step } = await ppo({ criticWarmup });
    const changed: boolean[] = [];
    for (let before = policyOf(trainer.save().arrays); changed.length < 5; ) {
      await step();
      const after = policyOf(trainer.save().arrays);
      changed.push(after !== before);
      before = after;
    }
    await trainer.dispose();
    expect(changed).toEqual(Array.from({ length: 5 }, (_, i) => i >= criticWarmup));
  });

  it('ends the epochs of a step once the policy is too far from the one that sampled', async () => {
    const { trainer, step } = await ppo({ criticWarmup: 0, innerEpochs: 60, learningRate: 0.2, clipNorm: 100 });
    const { metrics } = await step();
    await trainer.dispose();
    expect(metrics['ppo/approximate-kl' as keyof typeof metrics]).toBeGreaterThan(0.1);
    // The epoch that found it out changed nothing any more.
    expect(metrics.gradNorm).toBe(0);
  });
});
