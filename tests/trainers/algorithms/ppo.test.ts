import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { Rollout, Trainer, UpdateMetrics } from '../../../src/trainers/contract/types.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { klDivergence, lmLogits } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, plainRewards, toySettings, toyStep } from '../toy-search.js';

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

const SHAPED = [0, 3, 1, 7, 2, 2, 9, 4];

function learn(trainer: Trainer, rollouts: readonly Rollout[], shaped: readonly number[]): Promise<UpdateMetrics> {
  return trainer.update(rollouts, plainRewards(shaped));
}

/** What a trainer learns from its first prompts with some shaped rewards. */
async function firstUpdate(shaped: readonly number[], given: Partial<RunConfigInput>) {
  const { trainer } = await ppo({ criticWarmup: 0, innerEpochs: 1, ...given });
  const rollouts = (await trainer.propose(shaped.length)) as PolicyRollout[];
  const metrics = await learn(trainer, rollouts, shaped);
  const { json } = trainer.save();
  await trainer.dispose();
  return { rollouts, metrics, json };
}

describe('an update of PPO', () => {
  it('gives its critic the reward at the last token, discounted by γλ for each token before', async () => {
    const discount = 0.5;
    const { metrics } = await firstUpdate(SHAPED, { discount });
    // The first values are zero, so the error is the mean square of the returns.
    const returns = SHAPED.flatMap((reward) => [0, 1, 2].map((k) => reward * (discount * 0.95) ** k));
    const expected = returns.reduce((sum, value) => sum + value ** 2 / returns.length, 0);
    expect(metrics['critic/loss']).toBeCloseTo(expected, 4);
  });

  it('standardises advantages: neither the unit nor the level of rewards matters', async () => {
    const gradNorm = async (scale: number, level: number) => {
      const shaped = SHAPED.map((value) => scale * value + level);
      return (await firstUpdate(shaped, { promptLength: 1, klWeight: 0 })).metrics.gradNorm;
    };
    const plain = await gradNorm(1, 0);
    expect(plain).toBeGreaterThan(0);
    expect((await gradNorm(4, 0)) / plain).toBeCloseTo(1, 4);
    expect((await gradNorm(1, 6)) / plain).toBeCloseTo(1, 4);
  });

  it('learns nothing from equal rewards', async () => {
    const { metrics } = await firstUpdate(new Array(8).fill(2), { promptLength: 1, klWeight: 0 });
    expect(metrics).toMatchObject({ gradNorm: 0, skipped: false });
  });

  it('adds the mean KL(π ‖ LM) of a token by its weight, for an untrained policy that of the uniform one', async () => {
    const { idOf, words, hiddenStates } = scriptedGenerator();
    const { weights, bias } = await hiddenStates.head();
    const reference = { ...hiddenStates, innerSize: 1, head: weights, bias: bias! };
    const { rollouts, metrics } = await firstUpdate(SHAPED, { klWeight: 0.3, logitBias: 0 });
    const allowed = words.map(idOf);
    const divergences = rollouts.flatMap(({ trace }) =>
      lmLogits(reference, trace.hidden).map((logits) =>
        klDivergence(
          allowed.map(() => 0),
          allowed.map((id) => logits[id]!),
        ),
      ),
    );
    const expected = divergences.reduce((sum, value) => sum + value / divergences.length, 0);
    expect(metrics['policy/lm-kl']).toBeCloseTo(expected, 1);
    // The advantages have mean zero, and before the first epoch every ratio is one.
    expect(metrics.loss).toBeCloseTo(0.3 * (metrics['policy/lm-kl'] as number), 4);
  });

  it('does not compare with the language model at weight zero', async () => {
    const { metrics } = await firstUpdate(SHAPED, { klWeight: 0 });
    expect(metrics).not.toHaveProperty('policy/lm-kl');
    expect(metrics.loss).toBeCloseTo(0, 4);
  });

  it('is pulled towards the language model by the mean over tokens, however many prompts there are', async () => {
    const pull = async (copies: number, klWeight: number) => {
      const { trainer } = await ppo({ criticWarmup: 0, innerEpochs: 1, klWeight, clipNorm: 1000 });
      const rollouts = await trainer.propose(4);
      const repeated = Array.from({ length: copies }, () => rollouts).flat();
      // Rewards of zero leave no advantage: what remains is the divergence.
      const { gradNorm } = await learn(trainer, repeated, new Array(repeated.length).fill(0));
      await trainer.dispose();
      return gradNorm;
    };
    const once = await pull(1, 0.1);
    expect(once).toBeGreaterThan(0);
    expect((await pull(3, 0.1)) / once).toBeCloseTo(1, 3);
    expect((await pull(1, 0.2)) / once).toBeCloseTo(2, 3);
  });

  it.each([1, 3])('passes over its prompts %i times', async (innerEpochs) => {
    const { json } = await firstUpdate(SHAPED, { innerEpochs, learningRate: 1e-5 });
    expect(json.adamStep).toBe(innerEpochs);
  });

  it('looks at the policy once while its critic warms up, and calls that no update left out', async () => {
    const { metrics, json } = await firstUpdate(SHAPED, { criticWarmup: 1, innerEpochs: 3 });
    expect(metrics).toMatchObject({ gradNorm: 0, skipped: false });
    expect(json.adamStep).toBe(0);
  });

  it('is the same after a stop in the middle of the warm-up', async () => {
    const [unbroken, resumed] = [await ppo({ criticWarmup: 3 }), await ppo({ criticWarmup: 3 })];
    await unbroken.step();
    await unbroken.step();
    resumed.trainer.restore(unbroken.trainer.save());
    for (let step = 3; step <= 5; step++) {
      expect((await resumed.step()).metrics).toEqual((await unbroken.step()).metrics);
    }
    expect(resumed.trainer.save()).toEqual(unbroken.trainer.save());
    await Promise.all([unbroken.trainer.dispose(), resumed.trainer.dispose()]);
  });
});
