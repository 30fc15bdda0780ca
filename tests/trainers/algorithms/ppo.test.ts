import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { Rollout, Trainer, UpdateMetrics } from '../../../src/trainers/contract/types.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { klDivergence, lmLogits, logSumExp, type Parameters, referenceLogits } from '../../policy/reference-policy.js';
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

function parametersOf(arrays: Readonly<Record<string, Float32Array>>): Parameters {
  const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((name) => arrays[`policy.${name}`]!);
  return { w1: w1!, b1: b1!, w2: w2!, b2: b2! };
}

describe('PPO with the divergence in the reward', () => {
  // As many dimensions as words at least: a head of fewer could not give every word its own probability.
  const generator = scriptedGenerator({ fluentWords: ['dull', 'sad'], fluency: 1, hiddenSize: 48 });
  const allowed = generator.words.map(generator.idOf);

  /** log p of each word as the first of a prompt, by the policy with the given parameters, or by the LM. */
  async function firstWords(arrays?: Readonly<Record<string, Float32Array>>): Promise<number[]> {
    const { hiddenSize, vocabularySize } = generator.hiddenStates;
    const { weights, bias } = await generator.hiddenStates.head();
    const { hidden, state } = await generator.hiddenStates.begin([[0]]);
    state.dispose();
    const lm = { hiddenSize, innerSize: 16, vocabularySize, head: weights, bias: bias! };
    const [row = []] = arrays
      ? referenceLogits({ ...lm, bias: bias!.map((value) => 2 * value), priorWeight: 1 }, parametersOf(arrays), hidden)
      : lmLogits(lm, hidden);
    const logits = allowed.map((id) => row[id]!);
    return logits.map((logit) => logit - logSumExp(logits));
  }

  it('ends at the frozen LM times e^(r/β): KL below 0.01 where one word is written', async () => {
    const klWeight = 1;
    const settings = toySettings({
      trainer: 'ppo',
      seed: 1,
      promptLength: 1,
      priorBeta: 1,
      klIn: 'reward',
      klWeight,
      promptsPerStep: 256,
      learningRate: 3e-3,
    });
    const trainer = await createTrainer('ppo', generator, settings);
    const rewardOf = (id: number) => ((id * 7) % 11) / 2;
    for (let step = 0; step < 60; step++) {
      const rollouts = await trainer.propose(256);
      await trainer.update(rollouts, plainRewards(rollouts.map(({ tokenIds }) => rewardOf(tokenIds[0]!))));
    }
    const goals = (await firstWords()).map((logProb, i) => logProb + rewardOf(allowed[i]!) / klWeight);
    const learned = await firstWords(trainer.save().arrays);
    await trainer.dispose();
    const before = klDivergence(await firstWords(), goals);
    expect(before).toBeGreaterThan(0.1);
    expect(klDivergence(learned, goals)).toBeLessThan(0.01);
  });
});

describe('PPO with texts to keep', () => {
  const texts = ['dull old plot', 'sad new music'];
  const logProbOf = async (ptx: readonly string[] | undefined) => {
    const { trainer } = await ppo({ criticWarmup: 0, learningRate: 3e-3, ...(ptx ? { ptx: [...ptx] } : {}) });
    const metrics: UpdateMetrics[] = [];
    for (let i = 0; i < 12; i++) metrics.push(await learn(trainer, await trainer.propose(8), SHAPED));
    await trainer.dispose();
    return metrics.map((metric) => metric['ppo/ptx-log-prob'] as number | undefined);
  };

  it('raises their log-probability, beside the reward', async () => {
    const values = await logProbOf(texts);
    expect(values[0]).toBeCloseTo(-Math.log(40), 1);
    expect(values.at(-1)!).toBeGreaterThan(values[0]! + 0.5);
    expect(await logProbOf(undefined)).toEqual(new Array(12).fill(undefined));
  });

  it('adds their mean log-probability to the loss, by its weight', async () => {
    const step = async (given: Partial<RunConfigInput>) => (await firstUpdate(SHAPED, given)).metrics;
    const without = await step({});
    const withTexts = await step({ ptx: texts, ptxWeight: 3 });
    const ptx = withTexts['ppo/ptx-log-prob'] as number;
    expect(withTexts.loss).toBeCloseTo(without.loss - 3 * ptx, 3);
    expect(withTexts.entropy).toBeCloseTo(without.entropy, 5);
    expect(withTexts['policy/lm-kl']).toBeCloseTo(without['policy/lm-kl'] as number, 5);
  });

  it('refuses one that a prompt may not hold', async () => {
    const refused = ppo({ ptx: ['dull', 'nothing of this'] });
    await expect(refused).rejects.toMatchObject({ code: 'E_PTX_TEXT', exit: 'config', where: '--ptx' });
  });
});
