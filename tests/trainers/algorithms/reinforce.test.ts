import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const SHAPED = [0, 3, 1, 7, 2, 2, 9, 4];
const EQUAL = SHAPED.map(() => 2);
/** A policy that begins as the LM, whose entropy is less than it could be. */
const LIKE_THE_LM = { priorBeta: 1, promptLength: 2, clipNorm: 1000 };
const generator = scriptedGenerator({ fluentWords: ['dull', 'sad'] });

/** Updates on the same prompts, each of them `copies` times. */
async function learn(
  shaped: readonly number[],
  given: Partial<RunConfigInput>,
  { updates = 1, copies = 1, from = generator } = {},
) {
  const trainer = await createTrainer('reinforce', from, toySettings({ trainer: 'reinforce', seed: 3, ...given }));
  const drawn = (await trainer.propose(shaped.length)) as PolicyRollout[];
  const rollouts = Array.from({ length: copies }, () => drawn).flat();
  const rewards = plainRewards(Array.from({ length: copies }, () => shaped).flat());
  const metrics = [];
  for (let i = 0; i < updates; i++) metrics.push(await trainer.update(rollouts, rewards));
  await trainer.dispose();
  return { rollouts, metrics };
}

describe('REINFORCE', () => {
  it('has the discounted log-probabilities by what is above the other prompts as its loss, less the entropy', async () => {
    const { discount, entropyWeight } = { discount: 0.5, entropyWeight: 0.3 };
    const { rollouts, metrics } = await learn(SHAPED, { discount, entropyWeight });
    const { loss, entropy } = metrics[0]!;
    const total = SHAPED.reduce((sum, reward) => sum + reward, 0);
    const terms = rollouts.map(({ trace }, i) => {
      const above = SHAPED[i]! - (total - SHAPED[i]!) / (SHAPED.length - 1);
      return [...trace.samplingLogProbs].reduce((sum, logProb, t) => sum + discount ** (2 - t) * above * logProb, 0);
    });
    const mean = terms.reduce((sum, term) => sum + term / terms.length, 0);
    expect(loss).toBeCloseTo(-mean - entropyWeight * 3 * entropy, 3);
  });

  it('discounts nothing after the first of the blanks that a prompt ends with', async () => {
    const blank = { ...generator, tokenizer: { ...generator.tokenizer, decode: () => ' ' } };
    const lossOf = async (from: typeof generator, discount: number) =>
      (await learn(SHAPED, { discount }, { from })).metrics[0]!.loss;
    expect(await lossOf(blank, 0.5)).toBe(await lossOf(blank, 1));
    expect(await lossOf(generator, 0.5)).not.toBe(await lossOf(generator, 1));
  });

  it('weighs each prompt by its whole reward without a baseline', async () => {
    const { rollouts, metrics } = await learn(SHAPED, { baseline: 'none', entropyWeight: 0 });
    const terms = rollouts.map(({ trace }, i) => SHAPED[i]! * trace.samplingLogProbs.reduce((sum, p) => sum + p, 0));
    expect(metrics[0]!.loss).toBeCloseTo(-terms.reduce((sum, term) => sum + term / terms.length, 0), 3);
  });

  it('says the mean entropy of a token, of an untrained policy that of the uniform one', async () => {
    const { metrics } = await learn(SHAPED, { entropyWeight: 0, logitBias: 0 });
    expect(metrics[0]!.entropy).toBeGreaterThan(Math.log(40) - 1);
    expect(metrics[0]!.entropy).toBeLessThanOrEqual(Math.log(40));
  });

  it('learns nothing from equal rewards without the entropy, and from different ones something', async () => {
    const gradNorm = async (shaped: readonly number[]) =>
      (await learn(shaped, { entropyWeight: 0 })).metrics[0]!.gradNorm;
    expect(await gradNorm(EQUAL)).toBe(0);
    expect(await gradNorm(SHAPED)).toBeGreaterThan(0.01);
  });

  it('is pulled by the mean entropy of the prompts by its weight, however many there are', async () => {
    const pull = async (entropyWeight: number, copies: number) =>
      (await learn(EQUAL, { ...LIKE_THE_LM, entropyWeight }, { copies })).metrics[0]!.gradNorm;
    const once = await pull(0.1, 1);
    expect(once).toBeGreaterThan(0);
    expect((await pull(0.2, 1)) / once).toBeCloseTo(2, 3);
    expect((await pull(0.1, 3)) / once).toBeCloseTo(1, 3);
  });

  it('raises the entropy where there is nothing else to learn', async () => {
    const given = { ...LIKE_THE_LM, entropyWeight: 1, learningRate: 0.01 };
    const entropies = (await learn(EQUAL, given, { updates: 5 })).metrics.map(({ entropy }) => entropy);
    expect(entropies).toEqual([...entropies].sort((a, b) => a - b));
    expect(entropies.at(-1)).toBeGreaterThan(entropies[0]! + 0.01);
  });

  it('makes the prompts with more reward likelier', async () => {
    const trainer = await createTrainer(
      'reinforce',
      generator,
      toySettings({ trainer: 'reinforce', promptLength: 1, learningRate: 0.02 }),
    );
    const rollouts = await trainer.propose(32);
    const isGood = (text: string): boolean => generator.words.indexOf(text) < 20;
    const rewards = plainRewards(rollouts.map(({ text }) => Number(isGood(text))));
    for (let i = 0; i < 20; i++) await trainer.update(rollouts, rewards);
    const share = async () => (await trainer.propose(200)).filter(({ text }) => isGood(text)).length / 200;
    expect(await share()).toBeGreaterThan(0.8);
    await trainer.dispose();
  });
});
